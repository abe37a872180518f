"""The names of the laptop's resources, and what all of its functions have."""

from typing import Final

from app.deploy.endpoint import ACCOUNT

DOCUMENTS, CONVERSATIONS = "outcrop-documents", "outcrop-conversations"
QUEUE, DEAD_LETTERS = "outcrop-documents-events", "outcrop-documents-dead-letters"
INGEST = "outcrop-ingest"
BUDGETS = "outcrop-budgets"
RUNTIME: Final = "python3.14"  # the stack has it as the CDK's own constant
ROLE = f"arn:aws:iam::{ACCOUNT}:role/outcrop"

#!/bin/sh
# The API function's handler: what Lambda Web Adapter's exec wrapper starts in place of one in
# Python. The adapter itself runs beside it, as an extension.
cd -- "$LAMBDA_TASK_ROOT" && exec python3 -m lambdas.api

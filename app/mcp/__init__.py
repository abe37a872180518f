"""The tools and the documents over MCP, for any client of the Model Context Protocol.

    tools/list, tools/call    search_documents (`search`), and the deployment's tools (`tool_calls`)
    resources/list, /read     the documents (`resources`)

    client ── stdio or http ── principal ── arguments, checked ── guard ── consent ── call ── guard

`python -m app.mcp` is the process; `outcrop mcp` starts it with the settings of a home. The
official SDK speaks the protocol, in every version from 2024-11-05 to 2026-07-28:
https://modelcontextprotocol.io/specification

    server      the SDK's server, with our handlers
    arguments   what a call has to hold     results     what MCP returns of one
    uris        documents as resources      threads     calls that block
    elicitation the person's consent        principal   whose request it is, or by `tokens`
"""

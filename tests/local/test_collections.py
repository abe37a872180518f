"""What the stand-in has loaded when it is ready is in no garbage collection, which would hold up
every thread for as long as it looks at all of it; and no thread waits long for another.
"""

import subprocess
import sys
from pathlib import Path

MEASURE = """
import gc, sys
from app.local import __main__ as stand_in

def serve(application, host, port, ready):
    ready(port)
    print(gc.get_freeze_count(), len(gc.get_objects()), int(1e6 * sys.getswitchinterval()))

stand_in.serve = serve
stand_in.main()
"""


def test_what_is_loaded_is_in_no_garbage_collection_and_threads_take_short_turns(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-c", MEASURE, "--home", str(tmp_path), "--port", "0"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    with process:
        frozen, others, switch = map(int, [*process.stdout][-1].split())
    assert frozen > 50_000
    assert others < frozen / 10
    assert switch <= 500  # microseconds

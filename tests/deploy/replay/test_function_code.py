"""Which files of an asset become a function's code."""

from pathlib import Path

import pytest

from app.deploy.replay.creators.functions import _files

BUNDLE = ("app/web/__init__.py", "app/settings.toml", "lambdas/api/handler.py")
KEPT_BY_TOOLS = ("app/__pycache__/web.pyc", "app/page/node_modules/react/index.js")
PACKAGES = ("botocore/data/s3.json", "boto3.py")


def written(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


@pytest.mark.parametrize("others", [(), PACKAGES, KEPT_BY_TOOLS])
def test_of_a_bundle_only_our_own_code_is_taken(tmp_path: Path, others: tuple[str, ...]) -> None:
    asset = written(tmp_path, *others, *BUNDLE)
    assert dict(_files(asset)) == {name: name.encode() for name in BUNDLE}


def test_of_another_folder_everything_is_taken_but_what_tools_keep_there(tmp_path: Path) -> None:
    asset = written(tmp_path, "index.py", "data/a.json", "__pycache__/index.pyc")
    (asset / "gone.py").symlink_to(asset / "nowhere.py")
    assert dict(_files(asset)) == {"index.py": b"index.py", "data/a.json": b"data/a.json"}

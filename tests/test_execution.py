"""Running chapters: what is stored, what is not executed again, and what fails."""

import os

import execution
import pytest

HEAD = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

"""


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write a chapter of one cell; runs are stored in a folder of the test."""
    monkeypatch.setattr(execution, "RUNS", tmp_path / "runs")

    def write(code):
        source = tmp_path / "01_one.md"
        source.write_text(f"{HEAD}# One\n\n```{{code-cell}}\n{code}\n```\n", "utf-8")
        return source

    return write


def test_a_chapter_executes_once_and_its_kernel_answers(write, tmp_path):
    flag = tmp_path / "flag"
    source = write(
        f"from pathlib import Path\nPath({str(flag)!r}).open('a').write('x')\n"
        "import os\nnumber = os.write(2, b'noise of a library')"
    )
    with execution.live(source) as say:
        assert say("print(number + 1)") == "19\n"
        with pytest.raises(execution.CellExecutionError, match="ZeroDivisionError"):
            say("1 / 0")
    notebook = execution.run(source)
    assert flag.read_text() == "x"
    (cell,) = execution.code_cells(notebook)
    assert cell.execution_count == 1
    assert "noise" not in str(cell.outputs)  # of the process, not of the cell


def test_a_failing_chapter_is_an_error_and_is_not_stored(write):
    source = write("print('before')\n1 / 0")
    with pytest.raises(RuntimeError, match=r"01_one.md fails(.|\n)*ZeroDivisionError"):
        execution.run(source)
    assert not list(execution.RUNS.parent.glob("runs/*"))


def test_of_a_kernel_that_dies_the_last_words_are_told(write):
    source = write("import os\nos.write(2, b'no AVX here')\nos.abort()")
    with pytest.raises(RuntimeError, match=r"the kernel died(.|\n)*no AVX here"):
        execution.run(source)


def test_the_last_runs_of_a_chapter_are_kept(write):
    source = write("print(1)")
    execution.RUNS.mkdir()
    for number in range(6):
        old = execution.RUNS / f"01_one-{number}.ipynb"
        old.write_text("{}")
        os.utime(old, (number, number))
    (execution.RUNS / "02_two-0.ipynb").write_text("{}")
    execution.run(source)
    left = {path.name for path in execution.RUNS.iterdir()}
    new = f"01_one-{execution.fingerprint(source)}.ipynb"
    assert {new, "01_one-5.ipynb", "01_one-4.ipynb", "02_two-0.ipynb"} <= left
    assert len(left) == execution.KEPT + 1  # and the other chapter's


def test_the_fingerprint_follows_imports_and_leaves_comments_out(tmp_path):
    files = {
        "aelib/__init__.py": "",
        "aelib/one.py": '"""Text."""\nfrom aelib.two import b\na = b  # why\n',
        "aelib/two.py": "b = 1\n",
        "aelib/three.py": "c = 1\n",
        "aelib/net/__init__.py": "",
        "aelib/net/weights/a.json": '{"sha256": 1}',
        "aelib/net/weights/a.safetensors": "1",
        "requirements.txt": "x==1\n",
        "constraints.txt": "y==1\n",
        "01_one.md": (
            f"{HEAD}Prose\n\n```{{code-cell}}\nfrom aelib import net, one\n```\n"
        ),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    def after(name, old, new):
        path = tmp_path / name
        path.write_text(files[name].replace(old, new))
        found = execution.fingerprint(tmp_path / "01_one.md", tmp_path)
        path.write_text(files[name])
        return found

    same = execution.fingerprint(tmp_path / "01_one.md", tmp_path)
    assert after("aelib/one.py", "Text", "Other text") == same
    assert after("aelib/one.py", "# why", "# because") == same
    assert after("aelib/three.py", "1", "2") == same
    assert after("aelib/net/weights/a.safetensors", "1", "2") == same
    assert after("aelib/net/weights/a.json", "1", "2") != same  # it has their hash
    assert after("01_one.md", "Prose", "Other prose") == same
    assert after("aelib/one.py", "a = b", "a = b + 1") != same
    assert after("aelib/two.py", "1", "2") != same
    assert after("constraints.txt", "1", "2") != same
    assert after("01_one.md", "import net, one", "import net, one, two") != same

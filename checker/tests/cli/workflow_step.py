"""workflow_step.py PAGE JOB [STEP]: prints the commands of a step of the YAML
that the page shows first: of GitHub's `jobs`, or the `script` of GitLab's job.
workflow_step.py --copied CONTAINERFILE: prints what it copies from here."""
import re
import sys

import yaml


def first_block(path):
    with open(path, encoding="utf-8") as file:
        return re.search(r"```yaml\n(.*?)```", file.read(), re.S).group(1)


def commands(document, job, step):
    if "jobs" not in document:
        return "\n".join(document[job]["script"])
    steps = document["jobs"][job]["steps"]
    found, = [s for s in steps if step in (s.get("name"), s.get("id"))]
    return found["run"]


def copied(path):
    with open(path, encoding="utf-8") as file:
        text = file.read().replace("\\\n", " ")
    for line in text.splitlines():
        words = line.split()
        if words[:1] == ["COPY"]:
            yield from (w for w in words[1:-1] if not w.startswith("--"))


if sys.argv[1] == "--copied":
    print("\n".join(copied(sys.argv[2])))
else:
    print(commands(yaml.safe_load(first_block(sys.argv[1])), sys.argv[2],
                   sys.argv[3]))

import { test } from "node:test";
import { pythonBytecode } from "../../../server/src/core/rules/pythonBytecode.ts";
import { checkFix, checkRule } from "../../support/checkRule.ts";
import { anImage } from "../../support/imageBuilder.ts";

const run = { createdBy: "RUN /bin/sh -c pip install flask # buildkit" };
const site = "usr/local/lib/python3.12/site-packages";
const image = anImage()
  .base("bin/sh 10MB")
  .layer(
    {
      [`${site}/flask/app.py`]: "1MB",
      [`${site}/flask/__pycache__/app.cpython-312.pyc`]: "2MB",
      [`${site}/flask/old.pyc`]: "1MB",
    },
    run,
  );
const text = "FROM python:3.12\nRUN pip install flask\n";

test("bytecode is weighed wherever it stands", () => {
  checkRule(
    pythonBytecode,
    image,
    `FROM python:3.12
RUN pip install flask
#^^ python-bytecode: 3 MB of Python bytecode are in this layer. Python makes it anew when it is missing, at the price of a slower start.
`,
  );
});

test("it is deleted in the same RUN", () => {
  checkFix(
    pythonBytecode,
    image,
    text,
    "FROM python:3.12\nRUN pip install flask && find /usr/local/lib/python3.12 -type f -name '*.pyc' -exec rm -f {} +\n",
  );
});

test("without an image, or without bytecode in it, nothing is said", () => {
  checkRule(pythonBytecode, undefined, text);
  checkRule(pythonBytecode, anImage().base("bin/sh 1MB").layer(`${site}/a.py 2MB`, run), text);
});

test("bytecode of tests, and what a later layer hides, goes with the rest", () => {
  const more = anImage()
    .base("bin/sh 10MB")
    .layer(
      {
        [`${site}/a/tests/__pycache__/t.pyc`]: "1MB",
        [`${site}/a/b.pyc`]: "2MB",
        [`${site}/a/c.pyc`]: "4MB",
      },
      run,
    )
    .layer({ [`${site}/a/.wh.c.pyc`]: "0" }, { createdBy: "RUN /bin/sh -c rm c # buildkit" });
  checkRule(
    pythonBytecode,
    more,
    `FROM python:3.12
RUN pip install flask
#^^ python-bytecode: 7 MB of Python bytecode are in this layer. Python makes it anew when it is missing, at the price of a slower start.
RUN rm c
`,
  );
});

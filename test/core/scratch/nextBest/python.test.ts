import assert from "node:assert/strict";
import { test } from "node:test";
import { anElf } from "../../../support/elfWriter.ts";
import { type ImageBuilder, anImage } from "../../../support/imageBuilder.ts";
import { checkSmaller, offerOf, refusalOf } from "./nextBestCase.ts";

const text = `FROM python:3.11
WORKDIR /app
# what it needs
COPY requirements.txt .
# install
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
EXPOSE 8000
CMD ["gunicorn", "-b", "0.0.0.0:8000", "app:app"]
`;

const buildStage = `FROM python:3.11 AS build
WORKDIR /app
# what it needs
COPY requirements.txt .
RUN python -m venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
# install
RUN pip install --no-cache-dir -r requirements.txt
COPY . .

`;

/** What `text` builds, with an extension module that loads these libraries. */
function anApp(needed: readonly string[], release = "12"): ImageBuilder {
  const site = "usr/local/lib/python3.11/site-packages";
  return anImage()
    .base({
      "usr/local/bin/python3": "10MB",
      "etc/os-release": { content: `ID=debian\nVERSION_ID="${release}"\n` },
    })
    .emptyRow("WORKDIR /app")
    .layer({ "app/requirements.txt": "1kB" }, { createdBy: "COPY requirements.txt . # buildkit" })
    .layer(
      {
        [`${site}/gunicorn/__init__.py`]: "1kB",
        [`${site}/fast.so`]: { content: anElf({ type: 3, needed, sections: {} }) },
        "usr/local/bin/gunicorn": { content: "#!/usr/local/bin/python3\n", mode: 0o755 },
      },
      {
        createdBy: "RUN /bin/sh -c pip install --no-cache-dir -r requirements.txt # buildkit",
      },
    )
    .layer({ "app/app.py": "1kB" }, { createdBy: "COPY . . # buildkit" })
    .emptyRow("EXPOSE map[8000/tcp:{}]")
    .emptyRow('CMD ["gunicorn" "-b" "0.0.0.0:8000" "app:app"]')
    .settings({ cmd: ["gunicorn", "-b", "0.0.0.0:8000", "app:app"], workingDir: "/app" });
}

test("packages go into a virtual environment, which the same interpreter finds at the same place", () => {
  checkSmaller(
    text,
    "slim",
    `${buildStage}FROM python:3.11-slim
COPY --from=build /app/ /app/
COPY --from=build /opt/venv/ /opt/venv/
ENV PATH="/opt/venv/bin:$PATH"
WORKDIR /app
EXPOSE 8000
CMD ["gunicorn", "-b", "0.0.0.0:8000", "app:app"]
`,
    anApp(["libc.so.6"]),
  );
});

test("Debian's own interpreter of distroless looks where Debian's packages are not", () => {
  const offer = checkSmaller(
    text,
    "distroless",
    `${buildStage}FROM gcr.io/distroless/python3-debian12
COPY --from=build /app/ /app/
COPY --from=build /opt/venv/lib/python3.11/site-packages/ /usr/local/lib/python3.11/dist-packages/
WORKDIR /app
EXPOSE 8000
CMD ["-m", "gunicorn", "-b", "0.0.0.0:8000", "app:app"]
`,
    anApp(["libssl.so.3", "libc.so.6"], "13"),
  );
  assert.deepEqual(offer.caveats, [
    "Today's base is Debian 13, gcr.io/distroless/python3-debian12 is Debian 12: packages that were compiled here, not downloaded as wheels, may need a newer C library than it has.",
    "That there is a gcr.io/distroless/python3-debian12 was not checked.",
  ]);
});

test("another version of the interpreter is refused, and so is a library that is not there", () => {
  const other = text.replace("3.11", "3.12");
  assert.equal(
    refusalOf(other, "distroless"),
    "There are distroless images of Python 3.11 and 3.13 only, and which python:3.12 brings is none of them or not stated.",
  );
  assert.equal(
    refusalOf(text, "distroless", anApp(["libpq.so.5", "libc.so.6"])),
    "/usr/local/lib/python3.11/site-packages/fast.so needs libpq.so.5, which is not known to be in gcr.io/distroless/python3-debian12.",
  );
});

test("binaries for another C library stay where they are: the whole stage is switched instead", () => {
  const offer = offerOf(text, "alpine", anApp(["libc.so.6"]));
  assert.equal(offer.title, "FROM python:3.11-alpine");
  assert.equal(offer.edits.length, 1);
  assert.match(offer.caveats.join(" "), /musllinux/);
});

test("an environment of the file's own is taken as it is", () => {
  checkSmaller(
    `FROM python:3.13
RUN python -m venv /venv
ENV PATH="/venv/bin:$PATH"
RUN pip install flask
WORKDIR /app
COPY . .
CMD python app.py
`,
    "slim",
    `FROM python:3.13 AS build
RUN python -m venv /venv
ENV PATH="/venv/bin:$PATH"
RUN pip install flask
WORKDIR /app
COPY . .

FROM python:3.13-slim
COPY --from=build /app/ /app/
COPY --from=build /venv/ /venv/
ENV PATH="/venv/bin:$PATH"
WORKDIR /app
CMD python app.py
`,
  );
});

test("a program without packages is only its files", () => {
  checkSmaller(
    "FROM python:3.13\nWORKDIR /app\nCOPY . .\nENTRYPOINT python -u app.py --all\n",
    "distroless",
    'FROM gcr.io/distroless/python3-debian13\nWORKDIR /app\nCOPY . .\nENTRYPOINT ["/usr/bin/python3", "-u", "app.py", "--all"]\n',
  );
});

test("what an environment would not catch is refused", () => {
  const before = (run: string): string =>
    `FROM python:3.11\nWORKDIR /app\nCOPY . .\nRUN ${run}\nCMD ["python", "a.py"]\n`;
  const reasonOf = (run: string): string => refusalOf(before(run), "distroless");
  assert.match(reasonOf("poetry install"), /Line 4 installs with poetry/);
  assert.match(reasonOf("pip install --user flask"), /Line 4 tells pip where to install/);
  assert.match(reasonOf("/usr/local/bin/pip install flask"), /Line 4 tells pip/);
});

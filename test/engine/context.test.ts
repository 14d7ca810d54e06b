import assert from "node:assert/strict";
import { chmod, link, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { suite, test, type TestContext } from "node:test";
import { buildContextOf } from "../../server/src/core/context/buildContext.ts";
import { contextBytesOf } from "../../server/src/core/context/contextBytes.ts";
import { parseDockerignore } from "../../server/src/core/dockerfile/dockerignore.ts";
import { parseDockerfile } from "../../server/src/core/dockerfile/parse.ts";
import { attribute } from "../../server/src/core/join/attribute.ts";
import { openBuildContext } from "../../server/src/io/buildContext.ts";
import {
  startEngine,
  startPodmanService,
  withEngine,
  type BuilderKind,
  type TestEngine,
} from "../machine/engine.ts";
import { readTagged } from "../support/readTagged.ts";

/** A build context and instructions over it. Contents are sizes, `-> target` for symlinks, `= path` for hard links. */
interface Case {
  readonly files: Readonly<Record<string, number | string>>;
  readonly ignore?: string;
  /** The ignore file of the Dockerfile alone; the builder must know it. */
  readonly ownIgnore?: string;
  readonly instructions: string;
  /** What the builders left out do otherwise. */
  readonly only?: readonly Builder[];
}

type Builder = BuilderKind | "podman";

/** Sizes that are all different sums, so that no file can be taken for another. */
const tree = {
  "a.txt": 1,
  "b.txt": 20,
  "c.md": 300,
  "dir/a.txt": 4000,
  "dir/sub/d.txt": 50_000,
  "dir/sub/e.md": 600_000,
  "other/a.txt": 70_000,
  "other/f.log": 11,
} as const;

const cases: Readonly<Record<string, Case>> = {
  "files, folders, wildcards and several sources": {
    files: tree,
    instructions: `COPY . /1/
COPY a.txt /2
COPY a.txt b.txt /3/
COPY dir /4
COPY dir/ other /5/
COPY other dir/ /6/
COPY *.txt /7/
COPY */*.txt /8/
COPY d*/s* /9/
COPY [ab].* /10/
COPY * /11/
COPY dir/a.txt other/a.txt /12/
COPY /dir/sub /13/
COPY --chown=12:34 dir other/f.log /14/
COPY ["a.txt", "c.md", "/15/"]
ADD a.txt other /16/
WORKDIR /17
COPY *.txt ./
COPY ?.md /17
`,
  },
  "an ignore file with exceptions": {
    files: { ...tree, ".git/objects/x": 5000, "dir/sub/keep/g.txt": 7 },
    ignore: `# everything but some
*
!dir
!other/*.log
**/e.md
!c.md
`,
    instructions: `COPY . /1/
COPY dir /2/
COPY dir/sub /3/
COPY other /4/
COPY *.md /5/
`,
  },
  "an ignore file with wildcards": {
    files: { ...tree, ".git/objects/x": 5000, "x/node_modules/y/z": 90, "node_modules/q": 9 },
    ignore: `.git/
**/node_modules
*.md
/dir/sub/?.txt
other/[f-h]*
`,
    instructions: "COPY . /1/\nCOPY dir /2/\nCOPY x /3/\nCOPY other /4/\n",
  },
  "an exception deep in a folder that is kept out": {
    files: tree,
    ignore: "dir\n!dir/sub/e.md\nother\n!other\n",
    instructions: "COPY . /1/\nCOPY dir /2/\nCOPY other /3/\n",
  },
  "an exception below double stars": {
    files: { ...tree, "n/a/x.txt": 6, "n/a/y.log": 8 },
    ignore: "**/*.txt\n!**/d.txt\nn/**\n!n/a/*.log\n",
    instructions: "COPY . /1/\nCOPY dir /2/\n",
    // The classic builder compares a pattern with one folder above a path only.
    only: ["buildkit", "podman"],
  },
  "symlinks in folders stay links, and sources are followed": {
    files: {
      ...tree,
      "dir/inner": "-> a.txt",
      "link.txt": "-> b.txt",
      todir: "-> dir",
      absolute: "-> /other/a.txt",
      broken: "-> none",
      "other/up": "-> ../dir",
    },
    instructions: `COPY . /1/
COPY dir /2/
COPY other /3/
COPY link.txt /4/
COPY todir /5/
COPY todir/a.txt /6/
`,
  },
  "hard links weigh once where one source brings them": {
    files: { "h/a": 1000, "h/b": "= h/a", "h/s/c": "= h/a", d: "= h/a", e: 5 },
    instructions: "COPY . /1/\nCOPY h /2/\nCOPY d /3/\nCOPY h d /4/\n",
    only: ["buildkit", "classic"],
  },
  "the Dockerfile's own ignore file wins": {
    files: tree,
    ignore: "dir\n",
    ownIgnore: "other\n",
    instructions: "COPY . /1/\nCOPY dir /2/\n",
    only: ["buildkit"],
  },
  "empty folders and files that none may read": {
    files: { "empty/": 0, "secret/key": 33, zero: 0, "dir/x": 2 },
    instructions: "COPY . /1/\nCOPY empty /2/\nCOPY zero secret /3/\n",
  },
};

/** Writes a context with its Dockerfile in it: the classic builder adds a line to the ignore file when it lies elsewhere. Removed after the test. */
async function writeCase(
  context: TestContext,
  engine: TestEngine,
  { files, ignore, ownIgnore, instructions }: Case,
): Promise<{ readonly dockerfilePath: string; readonly root: string; readonly text: string }> {
  const place = await mkdtemp(join(engine.folder, "context-"));
  context.after(() => rm(place, { recursive: true, force: true }));
  const root = join(place, "context");
  await mkdir(root);
  const laterLinks: (readonly [string, string])[] = [];
  for (const [path, content] of Object.entries(files)) {
    const at = join(root, path);
    await mkdir(path.endsWith("/") ? at : dirname(at), { recursive: true });
    const text = String(content);
    if (text.startsWith("-> ")) await symlink(text.slice(3), at);
    else if (text.startsWith("= ")) laterLinks.push([join(root, text.slice(2)), at]);
    else if (!path.endsWith("/")) await writeFile(at, Buffer.alloc(Number(content), path));
  }
  for (const [from, to] of laterLinks) await link(from, to);
  if (files["secret/key"] !== undefined) await chmod(join(root, "secret/key"), 0);
  if (ignore !== undefined) await writeFile(join(root, ".dockerignore"), ignore);
  const dockerfilePath = join(root, "Dockerfile");
  if (ownIgnore !== undefined) await writeFile(`${dockerfilePath}.dockerignore`, ownIgnore);
  const text = `FROM scratch\n${instructions}CMD ["/none"]\n`;
  await writeFile(dockerfilePath, text);
  return { dockerfilePath, root, text };
}

/** What is predicted for each line with COPY or ADD, by one-based line. */
async function predictedBytes(
  dockerfilePath: string,
  root: string,
  text: string,
): Promise<Readonly<Record<number, number | string>>> {
  const open = openBuildContext({ dockerfilePath, root }, () => undefined);
  await open.settled();
  open.close();
  const { listing, ignoreText } = open.snapshot()!;
  const dockerfile = parseDockerfile(text);
  const sent = buildContextOf(listing, parseDockerignore(ignoreText ?? "").value);
  const archives = new Map([["a.txt", "file"]] as const);
  const copies = dockerfile.instructions.filter(({ keyword }) => /COPY|ADD/.test(keyword));
  return Object.fromEntries(
    copies.map((instruction) => {
      const found = contextBytesOf(dockerfile, instruction, sent, { archives });
      const value = found.kind === "known" ? found.contentBytes : found.unknown.code;
      return [instruction.startLine + 1, value];
    }),
  );
}

/** What the layers of the built image hold, by the line that made them. */
async function builtBytes(
  engine: TestEngine,
  tag: string,
  text: string,
): Promise<Readonly<Record<number, number | undefined>>> {
  const value = await readTagged(engine, tag);
  const dockerfile = parseDockerfile(text);
  const image = { state: "read", description: value.description, read: value } as const;
  const { instructions, reason } = attribute(dockerfile, image);
  assert.equal(reason, undefined);
  const copies = dockerfile.instructions.filter(({ keyword }) => /COPY|ADD/.test(keyword));
  return Object.fromEntries(
    copies.map(({ index, startLine }) => [startLine + 1, instructions[index]?.contentBytes]),
  );
}

function checkPredictions(
  engineOf: (context: { skip(reason: string): void }) => TestEngine | undefined,
  builder: Builder,
): void {
  for (const [name, one] of Object.entries(cases)) {
    if (one.only?.includes(builder) === false) continue;
    test(`${builder}: ${name}`, async (context) => {
      const engine = engineOf(context);
      if (engine === undefined) return;
      const { dockerfilePath, root, text } = await writeCase(context, engine, one);
      const predicted = await predictedBytes(dockerfilePath, root, text);
      const tag = `context-${Object.keys(cases).indexOf(name)}-${builder}:1`;
      await engine.run(["build", "-q", "-t", tag, "-f", dockerfilePath, root], {
        DOCKER_BUILDKIT: builder === "classic" ? "0" : "1",
      });
      assert.deepEqual(predicted, await builtBytes(engine, tag, text));
    });
  }
}

suite("what COPY brings in is known before the build", () => {
  const engineOf = withEngine(startEngine);
  checkPredictions(engineOf, "buildkit");
  checkPredictions(engineOf, "classic");
});

suite("what COPY brings in is known before podman builds", () => {
  const engineOf = withEngine(startPodmanService);
  checkPredictions(engineOf, "podman");
});

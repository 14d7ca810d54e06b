import type { CommandName, Option } from "./options.ts";
import { optionsOf } from "./options.ts";

const usage = `tare: what every line of a Dockerfile weighs in the image it builds

  tare analyze IMAGE [-f DOCKERFILE] [--budget 10MB] [--json]
      Layers, waste, and bytes by line.
  tare lint DOCKERFILE… [--image IMAGE] [--format text|json|sarif|github|markdown]
      What makes the image heavier than it need be.
  tare fix DOCKERFILE [--rule CODE…] [--image IMAGE] [--write]
      The Dockerfile with that mended.
  tare fix DOCKERFILE --to scratch|distroless|alpine|slim [--image IMAGE] [--write]
      How far its final stage is from there, and the Dockerfile that is there.
  tare diff IMAGE IMAGE [-f DOCKERFILE] [--max-growth 5MB] [--format text|json|markdown]
      What grew from the first to the second, by line, package and path.
  tare start IMAGE… [--runs N] [--json]
      How long containers take to show that they run, measured.
  tare lsp --stdio
      Language server for editors.
  tare --help, tare COMMAND --help, tare --version

IMAGE is name[:tag][@digest] in the container engine, docker-archive:PATH, oci:PATH[:tag],
or the path of such an archive or folder.

Exit codes: 0 fine, 1 over a limit or findings from --fail-on up, 2 wrong use, 3 the image or a
file could not be read.
`;

const introductions: Readonly<Record<CommandName, string>> = {
  analyze: `tare analyze IMAGE [options]

What is in the image's layers, what of it the final file system does not show, and, with
-f DOCKERFILE, which line wrote it. IMAGE may be left out where the Dockerfile has a comment
\`# tare: image=…\`. Nothing is built, pulled or changed.

A limit with a platform before it holds for images of that platform only, in place of the one
without: --budget 10MB --budget linux/arm64=8MB. So do --transfer-budget, --max-layers, --target.
`,
  lint: `tare lint DOCKERFILE… [options]

What makes the image heavier than it need be: in the text alone, and with bytes where the image
is known, by --image or a comment \`# tare: image=…\`. A comment \`# tare: ignore=RULE\` above an
instruction, or at the top, silences a rule. Nothing is built, pulled or changed.
`,
  fix: `tare fix DOCKERFILE [options]

Prints the Dockerfile with everything mended that can be mended without changing what the
container does, or, with --rule, with the best fix for each finding of that rule. stderr says
what was done and what it takes off the image. Nothing is written without --write.

With --to the final stage is taken to a smaller base instead, with what the built image shows to
be needed; stderr has the list of what was looked at. Exit 1 where that cannot be done.
`,
  diff: `tare diff BEFORE AFTER [options]

What is different between two images: totals, packages, paths and, with -f DOCKERFILE, lines. Of
a directory that is new or gone as a whole there is one row. Contents are not compared: what was
written again with the same size weighs the same. Nothing is built, pulled or changed.
`,
  start: `tare start IMAGE… [options]

Starts containers of each image with the container engine, as \`docker run\` would but without
publishing ports, one at a time and in turn, and measures each from the request to create it to
its first output, its exit, or a connection to an exposed port (Linux). Containers and their
anonymous volumes are removed, also on Ctrl-C; images are never pulled. The programs of the
images really run: name only images you would run.
`,
  lsp: `tare lsp --stdio

Serves any LSP client: sizes as inlay hints and code lenses, hovers, diagnostics, fixes.
`,
};

/** Text of `tare --help`, or of `tare COMMAND --help`; ends with a newline. */
export function helpText(command: CommandName | undefined): string {
  if (command === undefined) return usage;
  const options = optionsOf[command];
  const width = Math.max(...options.map((option) => nameOf(option).length));
  const lines = options.map((option) => `  ${nameOf(option).padEnd(width)}  ${option.meaning}`);
  return `${introductions[command]}\n${lines.join("\n")}\n`;
}

function nameOf({ short, name, value }: Option): string {
  const prefix = short === undefined ? "    " : `-${short}, `;
  return `${prefix}--${name}${value === undefined ? "" : ` ${value}`}`;
}

import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnalyzeArguments } from "../../server/src/cli/args.ts";
import { parseArguments } from "../../server/src/cli/args.ts";
import { helpText } from "../../server/src/cli/help.ts";
import { optionsOf } from "../../server/src/cli/options.ts";

const defaults: AnalyzeArguments = {
  kind: "analyze",
  image: undefined,
  dockerfilePath: undefined,
  limits: {},
  cost: undefined,
  failOn: undefined,
  platform: undefined,
  json: false,
  top: 10,
  isCached: true,
};

function checkAnalyze(line: string, expected: Partial<AnalyzeArguments>): void {
  assert.deepEqual(parseArguments(line.split(" ")), {
    ok: true,
    value: { ...defaults, ...expected },
  });
}

function checkWrong(line: string, sentence: RegExp): void {
  const parsed = parseArguments(line === "" ? [] : line.split(" "));
  assert.ok(!parsed.ok, `${line} should be wrong`);
  assert.match(parsed.error, sentence);
  assert.match(parsed.error, /^[^\n]+\.$/, "one sentence on one line");
}

test("an image alone is analysed with everything else as it is by default", () => {
  checkAnalyze("analyze web:1", { image: "web:1" });
  checkAnalyze("analyze -- -odd", { image: "-odd" });
});

test("an empty word, as an unset variable leaves it, names nothing", () => {
  for (const argv of [
    ["analyze", ""],
    ["lint", " "],
    ["diff", "web:1", ""],
  ]) {
    const parsed = parseArguments(argv);
    assert.ok(!parsed.ok, argv.join(" "));
    assert.match(parsed.error, /^An empty word stands where a name belongs/);
  }
  checkWrong("analyze --file= web:1", /^--file needs a value/);
});

test("options stand before or behind the image, long or short, with a blank or =", () => {
  const expected = {
    image: "web:1",
    dockerfilePath: "Dockerfile",
    limits: { budgetBytes: 10_000_000 },
  };
  checkAnalyze("analyze web:1 -f Dockerfile --budget 10MB", expected);
  checkAnalyze("analyze --budget=10MB --file=Dockerfile web:1", expected);
  checkAnalyze("analyze -fDockerfile --budget 10MB web:1", expected);
});

test("every option of analyze is understood", () => {
  checkAnalyze(
    "analyze oci:out --budget 1MiB --transfer-budget 500kB --platform linux/arm/v7 --json --top 3 --no-cache",
    {
      image: "oci:out",
      limits: { budgetBytes: 1_048_576, transferBudgetBytes: 500_000 },
      platform: "linux/arm/v7",
      json: true,
      top: 3,
      isCached: false,
    },
  );
});

test("the last of repeated options wins", () =>
  checkAnalyze("analyze web --budget 1MB --budget 2MB", {
    image: "web",
    limits: { budgetBytes: 2_000_000 },
  }));

test("a limit holds for one platform where that is written before it, the last for each", () => {
  checkAnalyze(
    "analyze web --budget 10MB --budget linux/arm64=9MB --max-layers 12 --budget linux/arm64=8MB --target linux/arm/v7=micro --max-layers linux/arm64=9",
    {
      image: "web",
      limits: {
        budgetBytes: 10_000_000,
        maxLayers: 12,
        platforms: [
          { platform: "linux/arm64", budgetBytes: 8_000_000, maxLayers: 9 },
          { platform: "linux/arm/v7", target: "micro" },
        ],
      },
    },
  );
  checkWrong("analyze web --budget linux/arm64=lots", /“lots” is not a size/);
  checkWrong("analyze web --budget arm64=8MB", /“arm64=8MB” is not a size/);
  checkWrong("analyze web --max-layers 0", /“0” is not a number of layers: write it like 12/);
  checkWrong("analyze web --max-layers twelve", /“twelve” is not a number of layers/);
});

test("a Dockerfile may stand for the image", () =>
  checkAnalyze("analyze -f Dockerfile", { dockerfilePath: "Dockerfile" }));

test("help and version are understood before and behind a command", () => {
  const help = (command: "analyze" | "lsp" | undefined) => ({
    ok: true,
    value: { kind: "help", command },
  });
  assert.deepEqual(parseArguments(["--help"]), help(undefined));
  assert.deepEqual(parseArguments(["-h"]), help(undefined));
  assert.deepEqual(parseArguments(["analyze", "--help"]), help("analyze"));
  assert.deepEqual(parseArguments(["analyze", "web", "-h"]), help("analyze"));
  assert.deepEqual(parseArguments(["lsp", "--help"]), help("lsp"));
  assert.deepEqual(parseArguments(["--version"]), { ok: true, value: { kind: "version" } });
  assert.deepEqual(parseArguments(["-V"]), { ok: true, value: { kind: "version" } });
});

test("wrong use is told in one sentence that says what to do", () => {
  checkWrong("", /Name a command: `tare --help`/);
  checkWrong("frobnicate", /no command “frobnicate”: `tare --help`/);
  checkWrong("lnt Dockerfile", /no command “lnt”/);
  checkWrong("begin a", /no command “begin”/);
  checkWrong("--frobnicate", /no option --frobnicate: `tare --help`/);
  checkWrong("--version analyze web", /command before its options/);
  checkWrong("analyze", /Name an image: `tare analyze IMAGE`/);
  checkWrong("analyze a b", /“b” is a second one/);
  checkWrong("analyze a --frobnicate", /no option --frobnicate: `tare analyze --help`/);
  checkWrong("analyze a -x", /no option -x/);
  checkWrong("analyze a --budget", /--budget needs a value/);
  checkWrong("analyze a --budget=", /--budget needs a value/);
  checkWrong("analyze a --budget --json", /--budget needs a value/);
  checkWrong("analyze a -f", /-f needs a value: write -f DOCKERFILE/);
  checkWrong("analyze a --budget ten", /“ten” is not a size: write it like 10MB/);
  checkWrong("analyze a --transfer-budget -1", /--transfer-budget needs a value/);
  checkWrong("analyze a --transfer-budget=-1", /“-1” is not a size/);
  checkWrong("analyze a --json=yes", /--json takes no value/);
  checkWrong("analyze a --platform amd64", /“amd64” is not a platform/);
  checkWrong("analyze a --top 0", /“0” is not a number of rows/);
  checkWrong("analyze a --top many", /“many” is not a number of rows/);
  checkWrong("lsp", /`tare lsp --stdio`/);
});

test("every option of lint is understood", () => {
  const lint = (line: string) => parseArguments(["lint", ...line.split(" ")]);
  const expected = {
    kind: "lint",
    image: undefined,
    platform: undefined,
    isCached: true,
    dockerfilePaths: ["a", "b"],
    format: "text",
    failOn: undefined,
    cost: undefined,
  };
  assert.deepEqual(lint("a --cost --storage-price 0.1"), {
    ok: true,
    value: { ...expected, dockerfilePaths: ["a"], cost: { storagePricePerGb: 0.1 } },
  });
  checkWrong("lint a --cost --json", /Costs stand in the text only/);
  assert.deepEqual(lint("a b"), { ok: true, value: expected });
  assert.deepEqual(lint("a b --json --fail-on any"), {
    ok: true,
    value: { ...expected, format: "json", failOn: "hint" },
  });
  assert.deepEqual(
    lint("a --image web:1 --format sarif --fail-on warning --platform linux/arm64 --no-cache"),
    {
      ok: true,
      value: {
        ...expected,
        dockerfilePaths: ["a"],
        image: "web:1",
        format: "sarif",
        failOn: "warning",
        platform: "linux/arm64",
        isCached: false,
      },
    },
  );
});

test("every option of fix is understood", () => {
  assert.deepEqual(parseArguments(["fix", "Dockerfile", "--write", "--image", "web"]), {
    ok: true,
    value: {
      kind: "fix",
      image: "web",
      platform: undefined,
      isCached: true,
      dockerfilePath: "Dockerfile",
      ruleCodes: [],
      target: undefined,
      isWriting: true,
    },
  });
});

test("wrong use of lint and fix is told in one sentence too", () => {
  checkWrong("lint", /`tare lint DOCKERFILE`/);
  checkWrong("lint a b --image web", /one Dockerfile/);
  checkWrong("lint a --format xml", /“xml” is not a format: write one of text, json/);
  checkWrong("lint a --json --format github", /Choose one format: --json or --format github/);
  checkWrong("lint a --fail-on loud", /“loud” is not a level: write one of error, warning/);
  checkWrong("lint a --budget 1MB", /no option --budget: `tare lint --help`/);
  checkWrong("fix", /`tare fix DOCKERFILE`/);
  checkWrong("fix a b", /“b” is a second one/);
  checkWrong("fix a --rule apt-list-kept", /no rule “apt-list-kept”: write apt-lists-kept\.$/);
  checkWrong(
    "fix a --rule recommended-by-apt",
    /there is apt-lists-kept, apt-archives-kept, apt-recommends\.$/,
  );
  checkWrong(
    "fix a --rule nonsense",
    /no rule “nonsense”: `tare lint` names the rule of each finding\.$/,
  );
});

test("help names every command and every option, and fits 100 columns", () => {
  for (const command of ["analyze", "lint", "fix", "start", "lsp"] as const) {
    assert.match(helpText(undefined), new RegExp(`^  tare ${command} `, "m"));
    for (const option of optionsOf[command]) {
      assert.match(helpText(command), new RegExp(`--${option.name}\\b`));
    }
  }
  for (const command of [undefined, "analyze", "lint", "fix", "start", "lsp"] as const) {
    for (const line of helpText(command).split("\n")) assert.ok(line.length <= 100, line);
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { staticInFatImage } from "../../../server/src/core/rules/staticInFatImage.ts";
import { checkRule, ruleFindings } from "../../support/checkRule.ts";
import { type ElfSpec, anElf } from "../../support/elfWriter.ts";
import { type ImageBuilder, anImage } from "../../support/imageBuilder.ts";

function anAppOn(baseBytes: string, spec: ElfSpec = {}, cmd = ["/app"]): ImageBuilder {
  return anImage()
    .base({ "usr/lib/x": baseBytes, "bin/sh": "0" })
    .layer(
      { app: { content: anElf({ sections: {}, ...spec }), mode: 0o755 } },
      { createdBy: "COPY app /app # buildkit" },
    )
    .emptyRow(`CMD ${JSON.stringify(cmd)}`)
    .settings({ cmd });
}

test("a static program in a whole system is reported on its base", () => {
  checkRule(
    staticInFatImage,
    anAppOn("800MB"),
    `FROM debian:12
#    ^^^^^^^^^ static-program-in-fat-image: \`/app\` is a static program of 272 B: to start it needs none of the other 800 MB of this image.
COPY app /app
CMD ["/app"]
`,
  );
});

test("the plain shell form starts it as well", () => {
  const image = anAppOn("800MB", {}, ["/bin/sh", "-c", "/app --port 80"]);
  const findings = ruleFindings(
    staticInFatImage,
    image,
    "FROM debian:12\nCOPY app /app\nCMD /app --port 80\n",
  );
  assert.equal(findings.length, 1);
});

test("silent where it loads something, where little is around it, and where nothing is known", () => {
  const text = 'FROM debian:12\nCOPY app /app\nCMD ["/app"]\n';
  checkRule(staticInFatImage, undefined, text);
  checkRule(staticInFatImage, anAppOn("4MB"), text);
  checkRule(staticInFatImage, anAppOn("800MB", { interpreter: "/lib64/ld-linux.so.2" }), text);
  checkRule(staticInFatImage, anAppOn("800MB", { needed: ["libc.so.6"] }), text);
  checkRule(staticInFatImage, anAppOn("800MB", { isUpx: true }), text);
  checkRule(staticInFatImage, anAppOn("800MB"), text.replace("app /app", "app2 /app"));
  const bare = text.replace("debian:12", "gcr.io/distroless/static");
  checkRule(staticInFatImage, anAppOn("8MB"), bare);
  checkRule(staticInFatImage, anAppOn("8MB"), text.replace("debian:12", "scratch"));
});

test("silent where it only runs other programs: an interpreter, an init", () => {
  for (const name of ["python3.11", "tini", "busybox", "node"]) {
    const cmd = [`/usr/bin/${name}`, "-m", "orders"];
    const image = anImage()
      .base({ "usr/lib/x": "800MB" })
      .layer(
        { [`usr/bin/${name}`]: { content: anElf({ sections: {} }), mode: 0o755 } },
        { createdBy: `COPY ${name} /usr/bin/ # buildkit` },
      )
      .emptyRow(`CMD ${JSON.stringify(cmd)}`)
      .settings({ cmd });
    const text = `FROM debian:12\nCOPY ${name} /usr/bin/\nCMD ${JSON.stringify(cmd)}\n`;
    checkRule(staticInFatImage, image, text);
  }
});

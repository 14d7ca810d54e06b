import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { baseVariants } from "../../../server/src/core/bases/baseVariants.ts";
import { describeBase, rootFacts } from "../../../server/src/core/bases/describeBase.ts";
import { switchBase } from "../../../server/src/core/bases/switchBase.ts";
import { parseDockerfile } from "../../../server/src/core/dockerfile/parse.ts";
import { applyEdits } from "../../../server/src/core/text/edit.ts";
import { aWorld } from "./world.ts";

const names = fc.constantFrom(
  "node:20",
  "node:20-slim",
  "node",
  "python:3.13-bookworm",
  "debian:12",
  "nginx:1.27",
  "eclipse-temurin:21-jdk",
  "golang:1.25",
  "alpine:3.24.2",
  "scratch",
  "ghcr.io/acme/app:1",

  "mcr.microsoft.com/dotnet/aspnet:8.0",
  "php:8-fpm",
  "$BASE",
  "node:${V}",
  "one",
  "gcc:15-trixie",
);
const lines = fc.constantFrom(
  "RUN apt-get update && apt-get install -y git curl",
  "RUN apk add bash",
  "RUN npm ci",
  "RUN pip install -r r.txt",
  "RUN useradd app",
  "USER app",
  "USER node",
  "USER 1000",
  'CMD ["node", "x.js"]',
  "CMD node x.js",
  'ENTRYPOINT ["./run.sh"]',
  "COPY . .",
  "COPY --from=0 /x /x",
  "COPY --chown=node x /",
  "HEALTHCHECK CMD curl -f http://x",
  "RUN [",

  'SHELL ["/bin/bash", "-c"]',
  "RUN <<EOF\ngit clone x\nEOF",
  "HEALTHCHECK NONE",
  "ONBUILD RUN x",
);
const stages = fc
  .tuple(names, fc.constantFrom("", " AS one", " AS test"), fc.array(lines, { maxLength: 5 }))
  .map(([name, as, rest]) => [`FROM ${name}${as}`, ...rest].join("\n"));
const files = fc
  .tuple(
    fc.constantFrom("", "ARG V=20\n", "ARG BASE=node:22\n", "ARG V\n"),
    fc.array(stages, { minLength: 1, maxLength: 3 }),
  )
  .map(([head, all]) => head + all.join("\n"));

test("whatever the file, every stage has facts and variants, and a figure is never 0 but of scratch", () => {
  fc.assert(
    fc.property(files, (text) => {
      const dockerfile = parseDockerfile(text);
      for (const stage of dockerfile.stages) {
        const facts = rootFacts(describeBase(dockerfile, stage, aWorld()));
        baseVariants(dockerfile, stage, aWorld());
        if (facts.kind !== "image") continue;
        assert.notEqual(facts.sizes.content?.bytes, 0);
        assert.notEqual(facts.sizes.transfer?.bytes, 0);
      }
    }),
  );
});

test("a switch changes that one base into the variant and nothing else, and says nothing fatal", () => {
  fc.assert(
    fc.property(files, (text) => {
      const dockerfile = parseDockerfile(text);
      for (const stage of dockerfile.stages) {
        for (const variant of baseVariants(dockerfile, stage, aWorld()).variants) {
          const outcome = switchBase(dockerfile, stage, variant);
          if (outcome.kind === "refused") {
            assert.ok(outcome.reasons.length > 0);
            continue;
          }
          assert.ok(outcome.caveats.every(({ effect }) => effect !== "build-fails"));
          const after = parseDockerfile(applyEdits(text, [outcome.edit]));
          assert.equal(after.stages.length, dockerfile.stages.length);
          for (const [index, one] of after.stages.entries()) {
            const expected =
              index === stage.index
                ? { kind: "image", name: variant.name }
                : dockerfile.stages[index]!.base;
            assert.deepEqual(one.base, expected);
          }
          const left = baseVariants(after, after.stages[stage.index]!, aWorld()).variants;
          assert.ok(left.every(({ name }) => name !== variant.name));
        }
      }
    }),
  );
});

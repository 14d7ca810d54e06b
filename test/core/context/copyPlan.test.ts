import assert from "node:assert/strict";
import { test } from "node:test";
import { takesContext } from "../../../server/src/core/context/contextWanted.ts";
import { planCopies, planCopy } from "../../../server/src/core/context/copyPlan.ts";
import { parseDockerfile } from "../../../server/src/core/dockerfile/parse.ts";

/** What one of several stages on the same one leaves behind must not be seen by the others. */
const branches = `ARG V=global
FROM scratch AS root
WORKDIR /app
ENV A=a
ARG B=b
COPY $A $B/ sub/
FROM root AS left
ENV A=left L=l
WORKDIR left
COPY $A $B /only/left/
FROM root AS right
ARG V
ENV R=$V
COPY $A $L $R left
FROM left
COPY $A $L $R /only/left
FROM left
COPY $A /only/right
FROM right
COPY $A $R /only/left
FROM debian
WORKDIR $NOWHERE
COPY $A x
FROM later
COPY a b
FROM scratch AS later
COPY --from=root a b
`;

test("the plans of all lines at once are those of each line alone", () => {
  const dockerfile = parseDockerfile(branches);
  const alone = dockerfile.instructions
    .filter(takesContext)
    .map((one) => [one.index, planCopy(dockerfile, one)] as const);
  assert.deepEqual([...planCopies(dockerfile)], alone);
  assert.equal(alone.length, 8);
});

test("a long chain of stages is planned whole", () => {
  const stages = Array.from(
    { length: 5000 },
    (_, index) => `FROM s${index} AS s${index + 1}\nCOPY a${index} /a${index}/\n`,
  );
  const dockerfile = parseDockerfile(`FROM scratch AS s0\n${stages.join("")}`);
  assert.equal(planCopies(dockerfile).size, 5000);
});

test("a working directory that each of very many lines goes down from is followed", () => {
  const lines = Array.from({ length: 1000 }, (_, index) => `WORKDIR d${index}\nCOPY a .\n`);
  const dockerfile = parseDockerfile(`FROM scratch\n${lines.join("")}COPY a /d0/d1\nCOPY a /x\n`);
  const isFolder = [...planCopies(dockerfile).values()].map(
    (plan) => plan.ok && plan.value.destination.isFolder === true,
  );
  assert.deepEqual(isFolder, [...lines.map(() => true), true, false]);
});

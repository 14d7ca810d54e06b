import assert from "node:assert/strict";
import { test } from "node:test";
import { anElf } from "../../../support/elfWriter.ts";
import { type ImageBuilder, type LayerSpec, anImage } from "../../../support/imageBuilder.ts";
import { checkSmaller, offerOf, refusalOf } from "./nextBestCase.ts";

const text = `FROM node:20
WORKDIR /app
COPY package*.json ./
RUN npm ci
COPY . .
# the bundle
RUN npm run build
ENV NODE_ENV=production
EXPOSE 3000
USER node
# start it
CMD ["node", "dist/server.js"]
`;

const buildStage = `FROM node:20 AS build
WORKDIR /app
COPY package*.json ./
RUN npm ci
COPY . .
# the bundle
RUN npm run build
RUN npm prune --omit=dev

`;

const settings = `WORKDIR /app
ENV NODE_ENV=production
EXPOSE 3000
`;

/** What `text` builds. */
function anApp(modules: LayerSpec = {}): ImageBuilder {
  const lock = {
    packages: {
      "node_modules/express": {},
      "node_modules/typescript": { dev: true },
      "src.ts": { dev: true },
      "node_modules/typescript/node_modules/inner": { dev: true },
    },
  };
  return anImage()
    .base({
      "usr/local/bin/node": "90MB",
      "usr/local/bin/docker-entrypoint.sh": { content: "#!/bin/sh\n", mode: 0o755 },
      "bin/sh": "100kB",
      "etc/passwd": {
        content: "root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n",
      },
      "etc/group": { content: "root:x:0:\nnode:x:1000:\n" },
      "etc/os-release": { content: 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n' },
    })
    .emptyRow("WORKDIR /app")
    .layer({ "app/package.json": "1kB" }, { createdBy: "COPY package*.json ./ # buildkit" })
    .layer(
      {
        "app/node_modules/.package-lock.json": { content: JSON.stringify(lock) },
        "app/node_modules/express/index.js": "2MB",
        "app/node_modules/typescript/tsc.js": "20MB",
        "app/node_modules/typescript/node_modules/inner/x.js": "1MB",
        ...(typeof modules === "string" ? {} : modules),
      },
      { createdBy: "RUN /bin/sh -c npm ci # buildkit" },
    )
    .layer({ "app/src.ts": "10kB" }, { createdBy: "COPY . . # buildkit" })
    .layer(
      { "app/dist/server.js": "1MB" },
      { createdBy: "RUN /bin/sh -c npm run build # buildkit" },
    )
    .emptyRow("ENV NODE_ENV=production")
    .emptyRow("EXPOSE map[3000/tcp:{}]")
    .emptyRow("USER node")
    .emptyRow('CMD ["node" "dist/server.js"]')
    .settings({
      entrypoint: ["docker-entrypoint.sh"],
      cmd: ["node", "dist/server.js"],
      user: "node",
      workingDir: "/app",
    });
}

test("a program with all its tools becomes a build stage and a distroless one with production dependencies only", () => {
  const offer = checkSmaller(
    text,
    "distroless",
    `${buildStage}FROM gcr.io/distroless/nodejs20-debian12
COPY --from=build /app/ /app/
${settings}USER 1000:1000
# start it
CMD ["dist/server.js"]
`,
    anApp(),
  );
  assert.equal(
    offer.title,
    "FROM gcr.io/distroless/nodejs20-debian12 with production dependencies only",
  );
  assert.equal(offer.isProven, false);
  assert.deepEqual(offer.caveats, [
    "The new base has no line for user 1000:1000 in etc/passwd: HOME is /, and looking up the user's own name fails.",
  ]);
  assert.equal(offer.base?.sizes.content?.bytes, 181e6);
  assert.equal(offer.size, undefined, "a recorded size is not counted with");
});

test("slim and Alpine keep the user by name and the start line as it is", () => {
  const end = `${settings}USER node
# start it
CMD ["node", "dist/server.js"]
`;
  const slim = `${buildStage}FROM node:20-slim\nCOPY --from=build /app/ /app/\n${end}`;
  checkSmaller(text, "slim", slim, anApp());
  const alpine = `${buildStage}FROM node:20-alpine\nCOPY --from=build /app/ /app/\n${end}`;
  checkSmaller(text, "alpine", alpine, anApp());
});

test("what the engine holds is counted: base, and what is copied without development packages", () => {
  const small = text.replace("node:20", "node:20-alpine");
  const image = anApp();
  const baseBytes = image.read().layers[0]!.contentBytes;
  const offer = offerOf(small, "alpine", image);
  assert.equal(offer.size?.basis, "predicted");
  const appBytes = image.read().finalContentBytes - baseBytes;
  assert.equal(offer.size?.afterBytes, baseBytes + appBytes - 21e6);
});

test("add-ons stay with their C library, and with the libraries they load", () => {
  const addon = (needed: readonly string[]): ImageBuilder =>
    anApp({
      "app/node_modules/a/build/a.node": { content: anElf({ type: 3, needed, sections: {} }) },
    });
  const glibc = addon(["libstdc++.so.6", "libc.so.6"]);
  assert.equal(
    refusalOf(text.replace("RUN npm ci", "RUN apt-get update && npm ci"), "alpine", glibc),
    "/app/node_modules/a/build/a.node needs libc.so.6, and node:20-alpine has musl.",
  );
  assert.equal(offerOf(text, "distroless", glibc).isProven, false);
  assert.equal(
    refusalOf(text, "distroless", addon(["libvips.so.42", "libc.so.6"])),
    "/app/node_modules/a/build/a.node needs libvips.so.42, which is not known to be in gcr.io/distroless/nodejs20-debian12.",
  );
});

test("without an image the text is enough for glibc to glibc, and says what was not seen", () => {
  const offer = offerOf(text, "distroless");
  assert.match(offer.caveats.join(" "), /No built image is read/);
  assert.equal(offer.size, undefined);
});

test("line ends, case and names of stages stay", () => {
  const before =
    "from node:22 as app\r\nworkdir /srv\r\ncopy . .\r\nrun npm ci --omit=dev\r\ncmd node x.js";
  checkSmaller(
    before,
    "distroless",
    'from node:22 as build\r\nworkdir /srv\r\ncopy . .\r\nrun npm ci --omit=dev\r\n\r\nfrom gcr.io/distroless/nodejs22-debian13 as app\r\ncopy --from=build /srv/ /srv/\r\nworkdir /srv\r\ncmd ["x.js"]',
  );
});

test("a stage that only copies gets another base under the same lines", () => {
  const build = "FROM node:20 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci\n\n";
  checkSmaller(
    `${build}FROM node:20\nWORKDIR /app\nCOPY --from=build --chown=node:node /app /app\nUSER node\nENTRYPOINT ["node", "x.js"]\nCMD ["--port", "80"]\n`,
    "distroless",
    `${build}FROM gcr.io/distroless/nodejs20-debian12\nWORKDIR /app\nCOPY --from=build --chown=1000:1000 /app /app\nUSER 1000:1000\nENTRYPOINT ["/nodejs/bin/node", "x.js"]\nCMD ["--port", "80"]\n`,
  );
});

test("a health check keeps to what is there", () => {
  const before = (check: string): string =>
    `FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci --omit=dev\n${check}CMD ["node", "x.js"]\n`;
  const after = (check: string): string =>
    `FROM node:20 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci --omit=dev\n\nFROM gcr.io/distroless/nodejs20-debian12\nCOPY --from=build /app/ /app/\nWORKDIR /app\n${check}CMD ["x.js"]\n`;
  checkSmaller(
    before("HEALTHCHECK --interval=5s CMD node ping.js || exit 1\n"),
    "distroless",
    after('HEALTHCHECK --interval=5s CMD ["/nodejs/bin/node", "ping.js"]\n'),
  );
  const offer = checkSmaller(
    before("# ask\nHEALTHCHECK CMD curl -f http://localhost\n"),
    "distroless",
    after(""),
  );
  assert.match(offer.caveats.join(" "), /^.*HEALTHCHECK is left out/);
});

test("packages of the system are said again where that can be done, and refused elsewhere", () => {
  const before =
    'FROM node:20\nRUN apt-get update && apt-get install -y ffmpeg && rm -rf /var/lib/apt/lists/*\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD ["node", "x.js"]\n';
  checkSmaller(
    before,
    "slim",
    'FROM node:20 AS build\nRUN apt-get update && apt-get install -y ffmpeg && rm -rf /var/lib/apt/lists/*\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npm prune --omit=dev\n\nFROM node:20-slim\nRUN apt-get update && apt-get install -y ffmpeg && rm -rf /var/lib/apt/lists/*\nCOPY --from=build /app/ /app/\nWORKDIR /app\nCMD ["node", "x.js"]\n',
  );
  assert.equal(
    refusalOf(before, "distroless"),
    "Line 2 installs ffmpeg, and whether the program runs it cannot be seen: gcr.io/distroless/nodejs20-debian12 has no package manager.",
  );
});

test("what cannot run without a shell or npm is refused with the reason", () => {
  const before = (end: string): string =>
    `FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci\n${end}\n`;
  const reasonOf = (end: string): string => refusalOf(before(end), "distroless");
  assert.equal(
    reasonOf("CMD npm start"),
    "The container starts npm, which is not in gcr.io/distroless/nodejs20-debian12: only node is.",
  );
  assert.equal(
    reasonOf("CMD node x.js > /log"),
    "The start line needs a shell, and distroless images have none.",
  );
  assert.equal(
    reasonOf('USER web\nCMD ["node", "x.js"]'),
    "USER web: only a built image tells which number that user has, and the new base does not know the name.",
  );
  assert.equal(
    reasonOf('LABEL v=$NODE_VERSION\nCMD ["node", "x.js"]'),
    "LABEL in line 5 uses $NODE_VERSION, which no line sets: another base may set it otherwise.",
  );
  assert.equal(
    refusalOf("FROM node:19\nWORKDIR /app\nCOPY . .\nCMD node x.js\n", "distroless"),
    "There are distroless images of Node.js 18, 20, 22, 24 and 26 only, and which node:19 brings is none of them or not stated.",
  );
});

test("ARG lines go along with what uses them, and the user that a tail needs is root", () => {
  checkSmaller(
    'FROM node:20\nARG VERSION\nUSER 1000\nWORKDIR /app\nCOPY . .\nRUN npm ci\nLABEL version=$VERSION\nCMD ["node", "x.js"]\n',
    "slim",
    'FROM node:20 AS build\nARG VERSION\nUSER 1000\nWORKDIR /app\nCOPY . .\nRUN npm ci\nUSER 0\nRUN npm prune --omit=dev\n\nFROM node:20-slim\nCOPY --from=build /app/ /app/\nUSER 1000\nWORKDIR /app\nARG VERSION\nLABEL version=$VERSION\nCMD ["node", "x.js"]\n',
  );
});

test("development dependencies leave with the package manager that brought them", () => {
  const tailOf = (install: string, tag = "20"): readonly string[] => {
    const before = `FROM node:${tag}\nWORKDIR /app\nCOPY . .\nRUN ${install}\nCMD ["node", "x.js"]\n`;
    const { edits, caveats } = offerOf(before, "slim");
    const tail = edits.map(({ newText }) => /RUN (.*)/.exec(newText)?.[1]).find(Boolean);
    return [tail ?? caveats.find((one) => one.includes("evelopment")) ?? ""];
  };
  assert.deepEqual(tailOf("npm install"), ["npm prune --omit=dev"]);
  assert.deepEqual(tailOf("npm ci", "14"), ["npm prune --production"]);
  assert.deepEqual(tailOf("pnpm install --frozen-lockfile"), ["CI=true pnpm prune --prod"]);
  assert.deepEqual(tailOf("yarn install --frozen-lockfile"), [
    "yarn install --production --frozen-lockfile --ignore-scripts --prefer-offline",
  ]);
  assert.deepEqual(tailOf("yarn install --immutable"), [
    "Development dependencies stay: how this version of yarn takes them out is not known.",
  ]);
  assert.deepEqual(tailOf("NODE_ENV=production npm ci"), [""]);
  assert.deepEqual(tailOf("npm ci --omit=dev"), [""]);
  assert.deepEqual(tailOf("cd web && npm ci"), [
    "Line 4 installs in another directory: development dependencies stay.",
  ]);
});

test("tools for building stay behind, with the Python that is there for their sake", () => {
  const install = "RUN apt-get update && apt-get install -y python3 make g++\n";
  const rest = "WORKDIR /app\nCOPY . .\nRUN npm ci\n";
  const offer = checkSmaller(
    `FROM node:20-slim\n${install}${rest}ENTRYPOINT ["docker-entrypoint.sh"]\nCMD ["node", "x.js"]\n`,
    "distroless",
    `FROM node:20-slim AS build\n${install}${rest}RUN npm prune --omit=dev\n\nFROM gcr.io/distroless/nodejs20-debian12\nCOPY --from=build /app/ /app/\nWORKDIR /app\nCMD ["x.js"]\n`,
  );
  assert.ok(offer.caveats.includes("python3, make, g++ are not in the new image."));
});

test("an entry script of the file's own is no runtime", () => {
  assert.match(
    refusalOf(
      'FROM node:20\nWORKDIR /app\nCOPY . .\nCOPY docker-entrypoint.sh /usr/local/bin/\nENTRYPOINT ["docker-entrypoint.sh"]\nCMD ["node", "x.js"]\n',
      "distroless",
    ),
    /outside of \/app|starts docker-entrypoint\.sh/,
  );
});

test("what is pruned already and what a shell would ignore are left alone", () => {
  checkSmaller(
    'FROM node:20\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build && npm prune --omit=dev\nENTRYPOINT node x.js\nCMD ["ignored"]\n',
    "distroless",
    'FROM node:20 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build && npm prune --omit=dev\n\nFROM gcr.io/distroless/nodejs20-debian12\nCOPY --from=build /app/ /app/\nWORKDIR /app\nENTRYPOINT ["/nodejs/bin/node", "x.js"]\n',
  );
});

test("locale, time zone and a pinned digest are spoken of where they change", () => {
  const digest = "0123456789abcdef".repeat(4);
  const before = `FROM node:20-alpine@sha256:${digest}\nENV TZ=Europe/Berlin LANG=de_DE.UTF-8\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD ["node", "x.js"]\n`;
  const { caveats } = offerOf(before, "alpine");
  assert.ok(caveats.some((one) => one.includes("The locale de_DE.UTF-8")));
  assert.ok(caveats.some((one) => one.includes("TZ is Europe/Berlin, and Alpine has no")));
  const other = offerOf(before.replace("-alpine", ""), "distroless");
  assert.ok(other.caveats.some((one) => one.startsWith("The digest pinned one image")));
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { applyEdits } from "../../../server/src/core/text/edit.ts";
import type { ElfSpec } from "../../support/elfWriter.ts";
import {
  aProgram,
  aSystem,
  bytesOf,
  checkSound,
  rewritesOf,
  userListBytes,
} from "./toScratchCase.ts";

const dynamic: ElfSpec = { interpreter: "/lib64/ld-linux-x86-64.so.2", needed: ["libc.so.6"] };
const goProgram: ElfSpec = {
  ...dynamic,
  go: { version: "go1.22.1", modules: "path\tx\nbuild\tCGO_ENABLED=1\n", form: "inline" },
};

interface Case {
  readonly image?: string;
  readonly elf?: ElfSpec;
  /** Where the program is in the build stage. */
  readonly from?: string;
}

/** A build stage with these lines, and a final one that copies the program. */
function waysOf(lines: string, { image = "debian:12", elf = dynamic, from = "/app" }: Case = {}) {
  const text = `FROM ${image} AS build\n${lines}\nFROM debian:12\nCOPY --from=build ${from} /app\nCMD ["/app"]\n`;
  const beside = aSystem()
    .layer({ app: aProgram(elf) }, { createdBy: `COPY ${from} /app # buildkit` })
    .emptyRow('CMD ["/app"]')
    .settings({ cmd: ["/app"] });
  const { offers, refusals } = rewritesOf(text, beside);
  for (const offer of offers) checkSound(text, beside, offer);
  const ways = offers.map(({ title, edits }) => {
    const after = applyEdits(text, edits).split("\n");
    return { title, build: after.slice(1, lines.split("\n").length + 1).join("\n") };
  });
  return { offers, refusals, ways };
}

/** The only static way changes the build lines so. */
function checkStatic(lines: string, title: string, expected: string, one: Case = {}): void {
  const found = waysOf(lines, one).ways.filter((way) => !way.title.includes("its libraries"));
  assert.deepEqual(found, [{ title: `FROM scratch, ${title}`, build: expected }]);
}

/** There is only the way with its libraries. */
function checkNone(lines: string, one: Case = {}): void {
  const titles = waysOf(lines, one).ways.map(({ title }) => title);
  assert.deepEqual(titles, ["FROM scratch with its libraries"], lines);
}

test("libraries go along at their places, with the loader where the program names it", () => {
  const { offers } = waysOf("RUN ./configure && cmake --build .");
  const libc = aProgram({ type: 3, soname: "libc.so.6" });
  const parts = [aProgram(dynamic), aProgram({ type: 3 }), libc];
  assert.equal(
    offers[0]?.size?.afterBytes,
    parts.reduce((sum, part) => sum + bytesOf(part), userListBytes),
  );
  assert.equal(offers[0]?.isProven, false);
});

test("Go: without cgo, linker flags are put together", () => {
  const go = { elf: goProgram };
  checkStatic(
    "RUN go build -o /app",
    "built without cgo",
    'RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /app',
    go,
  );
  checkStatic(
    'RUN cd /s && GOOS=$TARGETOS go build -trimpath -ldflags="-X a=b" \\\n    -o /app ./cmd',
    "built without cgo",
    'RUN cd /s && GOOS=$TARGETOS CGO_ENABLED=0 go build -trimpath -ldflags="-s -w -X a=b" \\\n    -o /app ./cmd',
    go,
  );
  checkStatic(
    'RUN go install -ldflags "-w -s" .',
    "built without cgo",
    'RUN CGO_ENABLED=0 go install -trimpath -ldflags "-w -s" .',
    go,
  );
  checkNone("RUN go build -race -o /app", go);
  checkNone("RUN go build -buildmode=pie -o /app", go);
  checkNone("ENV CGO_ENABLED=1\nRUN go build -o /app", go);
  checkNone('RUN ["go", "build", "-o", "/app"]', go);
  checkNone("RUN go build -o /a && go build -o /app", go);
});

test("Go: what the linker leaves out is taken off the prediction", () => {
  const elf = { ...goProgram, sections: { ".symtab": { type: 2, bytes: 500 } } };
  const [first] = waysOf("RUN go build -o /app", { elf }).offers;
  assert.deepEqual(
    [first?.title, first?.size?.basis, first?.size?.afterBytes],
    ["FROM scratch, built without cgo", "predicted", bytesOf(aProgram(elf)) + userListBytes - 500],
  );
});

test("C and make: the linking command, with what holds for the C library", () => {
  checkStatic(
    "RUN gcc -c m.c\nRUN gcc -O2 -o /app m.o",
    "linked statically",
    "RUN gcc -c m.c\nRUN gcc -static -s -O2 -o /app m.o",
  );
  checkStatic(
    "RUN x86_64-linux-gnu-gcc m.c -o /out/app",
    "linked statically",
    "RUN x86_64-linux-gnu-gcc -static -Os -s m.c -o /out/app",
  );
  checkStatic(
    "RUN make && make install",
    "linked statically",
    'RUN make LDFLAGS="-static -s" && make install',
  );
  checkNone("RUN make LDFLAGS=-lm");
  checkNone("RUN gcc -o /other m.c");
  checkNone("RUN cmake -B b && cmake --build b");
});

test("Rust: the musl target, and the program at its place", () => {
  const target = '"$(uname -m)-unknown-linux-musl"';
  const rust = { image: "rust:1.80", from: "/src/target/release/app" };
  checkStatic(
    "RUN cargo build --release --locked",
    "built for musl",
    `RUN rustup target add ${target} && CARGO_PROFILE_RELEASE_STRIP=symbols cargo build --target ${target} --release --locked && mkdir -p target/release && cp target/${target}/release/app target/release/`,
    rust,
  );
  const gnu = '"$(uname -m)-unknown-linux-gnu"';
  checkStatic(
    "RUN cargo build -r",
    "linked statically",
    `RUN RUSTFLAGS="-C target-feature=+crt-static" CARGO_PROFILE_RELEASE_STRIP=symbols cargo build --target ${gnu} -r && mkdir -p target/release && cp target/${gnu}/release/app target/release/`,
    { ...rust, image: "debian:12" },
  );
  checkNone("ENV RUSTFLAGS=-Cpanic=abort\nRUN cargo build --release", {
    ...rust,
    image: "debian:12",
  });
  checkNone("RUN cargo build --release --target x86_64-unknown-linux-gnu", rust);
  checkNone("RUN cargo build", rust);
});

test("Zig and native-image", () => {
  checkStatic(
    "RUN zig build-exe m.zig -lc -O ReleaseFast",
    "built for musl",
    'RUN zig build-exe -target "$(uname -m)-linux-musl" -fstrip m.zig -lc -O ReleaseFast',
  );
  checkStatic(
    "RUN zig build -p /out",
    "built for musl",
    'RUN zig build -Dtarget="$(uname -m)-linux-musl" -Doptimize=ReleaseSmall -p /out',
  );
  checkNone("RUN zig build-exe m.zig -target x86_64-linux-gnu");
  checkStatic(
    "RUN native-image -jar a.jar -o /app",
    "built for musl",
    "RUN native-image --static --libc=musl -jar a.jar -o /app",
  );
});

test("a static program's build is left alone, and one that has lost a library is refused", () => {
  const { ways } = waysOf("RUN go build -o /app", { elf: {} });
  assert.deepEqual(ways, [{ title: "FROM scratch", build: "RUN go build -o /app" }]);
  const lost = waysOf("RUN gcc -o /app m.c -lz", { elf: { ...dynamic, needed: ["libz.so.1"] } });
  assert.deepEqual(lost.refusals, [
    { target: "scratch", reason: "app needs libz.so.1, which the image does not have." },
  ]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { cargoRegistryKept } from "../../../server/src/core/rules/cargoRegistryKept.ts";
import { checkFix, ruleFindings } from "../../support/checkRule.ts";
import { anImage } from "../../support/imageBuilder.ts";
import { testCacheRule } from "./managers/cacheCases.ts";

testCacheRule(cargoRegistryKept, {
  message: "Crates that cargo downloaded stay in this layer.",
  reported: [
    ["RUN cargo build --release", "cargo build"],
    ["RUN cargo +nightly install ripgrep", "cargo +nightly install"],
  ],
  silent: [
    "RUN cargo build --release --offline",
    "RUN cargo build && rm -rf ~/.cargo/registry",
    "RUN cargo build && rm -rf $CARGO_HOME/registry",
    "RUN --mount=type=cache,target=/usr/local/cargo/registry cargo build",
    'RUN cargo build && rm -rf "${CARGO_HOME:-$HOME/.cargo}"/registry "${CARGO_HOME:-$HOME/.cargo}"/git',
    "RUN cargo --version",
    "RUN cargo test",
  ],
  measured: [
    [
      "usr/local/cargo/registry/src/a 50MB, usr/local/cargo/bin/cargo 9MB",
      "50 MB of crates that cargo downloaded stay in this layer.",
    ],
  ],
  fixes: [
    [
      "RUN cargo install ripgrep",
      'RUN cargo install ripgrep && rm -rf "${CARGO_HOME:-$HOME/.cargo}"/registry "${CARGO_HOME:-$HOME/.cargo}"/git',
      "Delete the downloaded crates in the same RUN",
    ],
    [
      "ENV CARGO_HOME=/cargo\nRUN cargo install ripgrep",
      'ENV CARGO_HOME=/cargo\nRUN cargo install ripgrep && rm -rf "$CARGO_HOME/registry" "$CARGO_HOME/git"',
      "Delete the downloaded crates in the same RUN",
    ],
    [
      "RUN CARGO_HOME=/tmp/cargo cargo install ripgrep",
      "RUN CARGO_HOME=/tmp/cargo cargo install ripgrep && rm -rf /tmp/cargo/registry /tmp/cargo/git",
      "Delete the downloaded crates in the same RUN",
    ],
    [
      "USER app\nRUN cargo install ripgrep",
      'USER app\nRUN cargo install ripgrep && rm -rf "${CARGO_HOME:-$HOME/.cargo}"/registry "${CARGO_HOME:-$HOME/.cargo}"/git',
      "Delete the downloaded crates in the same RUN",
    ],
  ],
});

test("the CARGO_HOME of the image is where the crates are deleted", () => {
  const image = anImage()
    .base("usr/local/cargo/bin/cargo 9MB")
    .layer("usr/local/cargo/registry/src/a 50MB, usr/local/cargo/git/db/b 1MB", {
      createdBy: "RUN /bin/sh -c cargo install --path . # buildkit",
    })
    .settings({ env: ["CARGO_HOME=/usr/local/cargo"] });
  checkFix(
    cargoRegistryKept,
    image,
    "FROM rust:1.80\nRUN cargo install --path .\n",
    'FROM rust:1.80\nRUN cargo install --path . && rm -rf "$CARGO_HOME/registry" "$CARGO_HOME/git"\n',
  );
});

test("no fix for another user's crates, whose home this shell does not know", () => {
  const [finding] = ruleFindings(
    cargoRegistryKept,
    undefined,
    "FROM base\nRUN sudo -u app cargo install ripgrep\n",
  );
  assert.deepEqual(finding?.fixes, []);
});

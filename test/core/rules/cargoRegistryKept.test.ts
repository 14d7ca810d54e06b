import { cargoRegistryKept } from "../../../server/src/core/rules/cargoRegistryKept.ts";
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
      "RUN cargo install ripgrep && rm -rf ~/.cargo/registry ~/.cargo/git",
      "Delete the downloaded crates in the same RUN",
    ],
    [
      "ENV CARGO_HOME=/cargo\nRUN cargo install ripgrep",
      'ENV CARGO_HOME=/cargo\nRUN cargo install ripgrep && rm -rf "$CARGO_HOME/registry" "$CARGO_HOME/git"',
      "Delete the downloaded crates in the same RUN",
    ],
  ],
});

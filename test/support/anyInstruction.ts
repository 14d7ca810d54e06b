import fc from "fast-check";

const command = fc.constantFrom(
  "apt-get update",
  "apt-get install -y gcc make",
  "apt-get install -y --no-install-recommends git",
  "apk add curl",
  "dnf install -y httpd",
  "pip install flask",
  "npm ci",
  "npm install",
  "yarn install",
  "go build ./...",
  "cargo build --release",
  "mvn package",
  "gem install rails",
  "composer install",
  "curl -O https://x/tool.tar.gz",
  "tar xzf tool.tar.gz",
  "rm -rf /var/lib/apt/lists/*",
  "rm tool.tar.gz",
  "rm -rf /app/.git",
  "chown -R app:app /app",
  "chmod -R 755 /app",
  "mv /app/a /app/b",
  "cd /app",
  "set -ex",
  "make",
  "true",
);
const joint = fc.constantFrom(" && ", " && \\\n    ", "; ", " || ", " && \\\n  # why\n  ");
const run = fc
  .array(fc.tuple(command, joint), { minLength: 1, maxLength: 4 })
  .map((parts) =>
    parts.map(([one, between], index) => (index === 0 ? one : `${between}${one}`)).join(""),
  )
  .map((script) => `RUN ${script}`);
const heredoc = fc
  .array(command, { minLength: 1, maxLength: 3 })
  .map((lines) => `RUN <<EOF\nset -e\n${lines.join("\n")}\nEOF`);
/** An instruction that is worth a finding more often than not, of one line or of several; as people write it. */
export const anyInstruction: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: run },
  { weight: 1, arbitrary: heredoc },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "COPY . .",
      "COPY . /app",
      "COPY app /app",
      "COPY tool.tar.gz /tool.tar.gz",
      "ADD tool.tar.gz /",
      "COPY --from=build /app /app",
      "USER app",
      "WORKDIR /app",
      "ENV NODE_ENV=production",
      'CMD ["/app/run"]',
      "ENTRYPOINT run",
    ),
  },
);

/** A package manager's program. */
export interface Program {
  /** One name for all its spellings. */
  readonly tool: string;
  /** Options whose value stands in the next word. */
  readonly valued: ReadonlySet<string>;
}

function spelled(
  names: string,
  tool: string,
  options: string,
): readonly (readonly [string, Program])[] {
  const valued = new Set(options.split(" "));
  return names.split(" ").map((name) => [name, { tool, valued }] as const);
}

/** By the name of the program; their manuals say which options take a value. */
export const programs: ReadonlyMap<string, Program> = new Map<string, Program>([
  ...spelled(
    "apt apt-get aptitude",
    "apt",
    "-o --option -t --target-release --default-release -c --config-file -a --host-architecture",
  ),
  ...spelled(
    "apk",
    "apk",
    "-t --virtual -X --repository -p --root --arch --keys-dir --cache-dir --cache-max-age --wait --repositories-file",
  ),
  ...spelled(
    "dnf dnf-3 dnf5 yum microdnf tdnf",
    "dnf",
    "-c --config --releasever --installroot --repo --repoid -x --exclude --enablerepo --disablerepo --setopt --comment",
  ),
  ...spelled(
    "zypper",
    "zypper",
    "-R --root -r --repo -c --config -p --plus-repo -t --type --cache-dir",
  ),
  ...spelled(
    "pip",
    "pip",
    "-r --requirement -c --constraint -e --editable -t --target -i --index-url --extra-index-url -f --find-links --proxy --timeout --retries --cache-dir --trusted-host --prefix --root --python-version --platform --no-binary --only-binary --log --src --progress-bar --upgrade-strategy --report -C --config-settings -w --wheel-dir -d --dest --cert --python --group",
  ),
  ...spelled(
    "uv",
    "uv",
    "--project --directory --cache-dir -p --python --extra --group --no-group --only-group -i --index-url --extra-index-url --index --default-index -f --find-links -r --requirements --requirement -c --constraints --constraint -e --editable --link-mode --package --with --from --target --prefix --config-file --no-install-package -o --output-file",
  ),
  ...spelled("pipx", "pipx", "--pip-args --python --index-url -i --suffix --spec --preinstall"),
  ...spelled(
    "poetry",
    "poetry",
    "-C --directory -P --project --with --without --only -E --extras -f --format -o --output",
  ),
  ...spelled(
    "pipenv",
    "pipenv",
    "--python -r --requirements --categories -i --index --extra-pip-args",
  ),
  ...spelled(
    "npm",
    "npm",
    "--prefix -C --cache --registry -w --workspace --loglevel --userconfig --tag --include --omit --only --location",
  ),
  ...spelled(
    "yarn yarnpkg",
    "yarn",
    "--cwd --cache-folder --network-timeout --registry --modules-folder --mutex --use-yarnrc --network-concurrency",
  ),
  ...spelled(
    "pnpm",
    "pnpm",
    "-C --dir -F --filter --store-dir --cache-dir --registry --reporter --network-concurrency --loglevel --virtual-store-dir",
  ),
  ...spelled("bun", "bun", "--cwd -c --config --cache-dir --registry --backend --filter --omit"),
  ...spelled("composer composer.phar", "composer", "-d --working-dir"),
  ...spelled(
    "gem",
    "gem",
    "-v --version -i --install-dir -n --bindir -s --source -P --trust-policy --platform -g --file",
  ),
  ...spelled(
    "bundle bundler",
    "bundle",
    "-j --jobs --gemfile --path --without --with --retry --trust-policy --shebang --standalone",
  ),
  ...spelled(
    "cargo",
    "cargo",
    "--path --git --branch --tag --rev --version --vers --root -p --package --bin --example --features -F --target --target-dir --manifest-path -j --jobs --profile --registry --index -Z --config -C --color --exclude --bins --message-format",
  ),
  ...spelled(
    "go",
    "go",
    "-o -C -ldflags -gcflags -asmflags -tags -p -mod -modfile -buildmode -compiler -pkgdir -overlay -run -count -timeout",
  ),
  ...spelled(
    "mvn mvnw mvnd",
    "maven",
    "-f --file -pl --projects -P --activate-profiles -s --settings -gs --global-settings -t --toolchains -T --threads -rf --resume-from -l --log-file -b --builder",
  ),
  ...spelled(
    "gradle gradlew",
    "gradle",
    "-p --project-dir -b --build-file -c --settings-file -g --gradle-user-home -x --exclude-task -I --init-script --project-cache-dir --max-workers",
  ),
]);

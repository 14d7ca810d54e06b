// The layers of examples/fat: what its Dockerfile would leave behind, with sizes as such images have them.
import { codeLike, text, textLike } from "./content.ts";
import { elfFile, staticLibrary } from "./elf.ts";

/** One entry of a layer. `removed` stands for a whiteout. */
export type Entry =
  | { readonly kind: "directory"; readonly mode?: number; readonly uid?: number }
  | {
      readonly kind: "file";
      readonly content: Uint8Array;
      readonly mode?: number;
      readonly uid?: number;
    }
  | { readonly kind: "symlink"; readonly target: string }
  | { readonly kind: "removed" };

/** One row of the history, with the layer it made; undefined for a row that made none. */
export interface Step {
  readonly createdBy: string;
  readonly comment: string;
  readonly entries?: Layer;
}

/** Entries of one layer by path, in the order of its tar. */
export type Layer = ReadonlyMap<string, Entry>;

const buildkit = "buildkit.dockerfile.v0";
const kB = 1000;
const MB = 1000 * kB;

/** All rows of the image's history, base first. */
export function fatSteps(): readonly Step[] {
  const app = applicationFiles();
  const assets = assetFiles();
  const run = (script: string, entries: Layer): Step => ({
    createdBy: `RUN /bin/sh -c ${script} # buildkit`,
    comment: buildkit,
    entries,
  });
  const copy = (words: string, entries: Layer): Step => ({
    createdBy: `COPY ${words} # buildkit`,
    comment: buildkit,
    entries,
  });
  const setting = (createdBy: string): Step => ({ createdBy, comment: buildkit });
  const application = new Map([...app, ...prefixed("app/static/", assets)]);
  return [
    {
      createdBy: "# debian.sh --arch 'amd64' out/ 'bookworm' '@1768176000'",
      comment: "debuerreotype 0.16",
      entries: debian(),
    },
    setting("LABEL org.opencontainers.image.title=orders"),
    setting("ENV LANG=C.UTF-8 PYTHONUNBUFFERED=1"),
    run(
      "apt-get update && apt-get install -y python3 python3-pip gcc libc6-dev ca-certificates",
      packages(),
    ),
    copy(
      "requirements.txt /app/",
      directory("app", new Map([["requirements.txt", file(text(requirements))]])),
    ),
    run("pip install --break-system-packages -r /app/requirements.txt", pythonModules()),
    copy("app/ /app/", app),
    copy("/src/dist/ /app/static/", directory("app/static", assets)),
    copy(
      "worker /usr/local/bin/worker",
      directory("usr/local/bin", new Map([["worker", worker()]])),
    ),
    run("mv /app/static/vendor /app/static/lib", vendorMoved(assets)),
    copy("settings.production.json /app/config/settings.json", productionSettings()),
    run("chown -R 1000:1000 /app", ownedByUser(vendorSettled(application))),
    run("apt-get purge -y gcc libc6-dev && rm -rf /var/lib/apt/lists/* /root/.cache", cleanUp()),
    { ...setting("WORKDIR /app"), entries: directory("app", new Map(), 1000) },
    setting("USER 1000"),
    setting("EXPOSE [8080/tcp]"),
    setting('CMD ["python3" "-m" "orders"]'),
  ];
}

const requirements =
  "flask==3.0.3\ngunicorn==22.0.0\nnumpy==1.26.4\npsycopg==3.1.19\nlxml==5.2.2\n";

function file(content: Uint8Array, mode = 0o644): Entry {
  return { kind: "file", content, mode };
}

function program(path: string, codeBytes: number): readonly [string, Entry] {
  return [path, file(elfFile(path, { kind: "executable", codeBytes, debugBytes: 0 }), 0o755)];
}

function library(path: string, codeBytes: number): readonly [string, Entry] {
  return [path, file(elfFile(path, { kind: "library", codeBytes, debugBytes: 0 }))];
}

function prefixed(prefix: string, layer: Layer): Layer {
  return new Map([...layer].map(([path, entry]) => [prefix + path, entry]));
}

/** The layer's paths under a directory that exists already, whose entry is written again as builders do. */
function directory(path: string, layer: Layer, uid = 0): Layer {
  return new Map<string, Entry>([
    [path, { kind: "directory", uid }],
    ...prefixed(`${path}/`, layer),
  ]);
}

const names =
  "abc argparse array ast base64 bisect calendar cmd code codecs colors compat config context copy csv dates decimal deque dis encode enums errors events fields files format functions getopt glob hash heap html http idna images inspect io json keyword lines locale logs mail math mime numbers operator parse paths pickle platform plugins pprint queue random records reprlib search select shapes signal socket sorting spawn stat string struct tables tar tasks text threads time tokens trace types units urls uuid values views walk weak xml zip".split(
    " ",
  );

/** Files by package. */
type Packages = readonly (readonly [string, Layer])[];

const lib = "usr/lib/x86_64-linux-gnu";

const basePackages = (): Packages => [
  [
    "base-files",
    new Map([
      ["etc/debian_version", file(text("12.9\n"))],
      [
        "etc/os-release",
        file(
          text(
            'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n',
          ),
        ),
      ],
      [
        "etc/passwd",
        file(
          text(
            "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
          ),
        ),
      ],
      ["etc/group", file(text("root:x:0:\nnogroup:x:65534:\n"))],
    ]),
  ],
  [
    "libc6",
    new Map([
      library(`${lib}/libc.so.6`, 1.92 * MB),
      library(`${lib}/libm.so.6`, 907 * kB),
      library(`${lib}/ld-linux-x86-64.so.2`, 210 * kB),
      ...many(`${lib}/gconv/`, ".so", 60, 14 * kB, codeLike),
    ]),
  ],
  ["bash", new Map([program("usr/bin/bash", 1.26 * MB)])],
  [
    "coreutils",
    new Map(
      [
        "cat",
        "chmod",
        "chown",
        "cp",
        "date",
        "dd",
        "df",
        "du",
        "env",
        "head",
        "id",
        "ln",
        "ls",
        "mkdir",
        "mv",
        "rm",
        "sort",
        "stat",
        "tail",
        "touch",
        "tr",
        "wc",
      ].map((name, index) => program(`usr/bin/${name}`, (35 + ((index * 37) % 110)) * kB)),
    ),
  ],
  ["dpkg", new Map([program("usr/bin/dpkg", 318 * kB), program("usr/bin/dpkg-deb", 174 * kB)])],
  [
    "apt",
    new Map([library(`${lib}/libapt-pkg.so.6.0`, 1.96 * MB), program("usr/bin/apt-get", 51 * kB)]),
  ],
  [
    "perl-base",
    new Map([
      program("usr/bin/perl", 1.7 * MB),
      ...many(`${lib}/perl-base/`, ".pm", 48, 18 * kB, textLike),
    ]),
  ],
  ["libstdc++6", new Map([library(`${lib}/libstdc++.so.6.0.30`, 2.19 * MB)])],
  ["libgnutls30", new Map([library(`${lib}/libgnutls.so.30.34.3`, 0.9 * MB)])],
  ["tzdata", new Map(many("usr/share/zoneinfo/", "", 180, 1.9 * kB, codeLike))],
];

const addedPackages = (): Packages => [
  [
    "libssl3",
    new Map([library(`${lib}/libcrypto.so.3`, 2.6 * MB), library(`${lib}/libssl.so.3`, 690 * kB)]),
  ],
  [
    "ca-certificates",
    new Map([
      ["etc/ssl/certs/ca-certificates.crt", file(textLike("ca-certificates.crt", 214 * kB))],
    ]),
  ],
  ["python3.11-minimal", new Map([program("usr/bin/python3.11", 3.6 * MB)])],
  [
    "libpython3.11-stdlib",
    new Map([
      ...many("usr/lib/python3.11/", ".py", 170, 14 * kB, textLike),
      ...many("usr/lib/python3.11/__pycache__/", ".cpython-311.pyc", 110, 12 * kB, codeLike),
      ...many("usr/lib/python3.11/lib-dynload/", ".so", 30, 38 * kB, codeLike),
    ]),
  ],
  [
    "python3-pip",
    new Map(many("usr/lib/python3/dist-packages/pip/", ".py", 120, 9 * kB, textLike)),
  ],
];

const compilerPackages = (): Packages => [
  [
    "gcc-12",
    new Map([
      program("usr/bin/x86_64-linux-gnu-gcc-12", 0.7 * MB),
      program("usr/lib/gcc/x86_64-linux-gnu/12/cc1", 4.3 * MB),
    ]),
  ],
  [
    "libc6-dev",
    new Map([
      [`${lib}/libc.a`, file(staticLibrary("libc.a", 140, 1.8 * MB))],
      ...many("usr/include/", ".h", 160, 6 * kB, textLike),
    ]),
  ],
];

function many(
  folder: string,
  ending: string,
  amount: number,
  averageBytes: number,
  make: (name: string, bytes: number) => Uint8Array,
): [string, Entry][] {
  return Array.from({ length: amount }, (_, index) => {
    const path = `${folder}${names[index % names.length]!}${index < names.length ? "" : Math.floor(index / names.length)}${ending}`;
    return [path, file(make(path, Math.round(averageBytes * (0.3 + ((index * 0.37) % 1.4)))))];
  });
}

function filesOf(packages: Packages): Layer {
  return new Map(
    packages.flatMap(([name, layer]) => [
      ...layer,
      [
        `var/lib/dpkg/info/${name}.list`,
        file(text(`/.\n${[...layer.keys()].map((path) => `/${path}`).join("\n")}\n`)),
      ] as const,
      [`usr/share/doc/${name}/copyright`, file(textLike(`${name} copyright`, 8 * kB))] as const,
    ]),
  );
}

function dpkgStatus(packages: Packages): Entry {
  const stanzas = packages.map(([name, layer]) => {
    const bytes = [...layer.values()].reduce(
      (sum, entry) => sum + (entry.kind === "file" ? entry.content.length : 0),
      0,
    );
    return `Package: ${name}\nStatus: install ok installed\nPriority: optional\nInstalled-Size: ${Math.ceil(bytes / 1024)}\nArchitecture: amd64\nVersion: 12.0-1\nDescription: ${name}\n`;
  });
  return file(text(`${stanzas.join("\n")}\n`));
}

function debian(): Layer {
  return new Map<string, Entry>([
    ["bin", { kind: "symlink", target: "usr/bin" }],
    ["lib", { kind: "symlink", target: "usr/lib" }],
    ["lib64", { kind: "symlink", target: "usr/lib64" }],
    ["tmp", { kind: "directory", mode: 0o1777 }],
    ["root", { kind: "directory", mode: 0o700 }],
    ...filesOf(basePackages()),
    ["var/lib/dpkg/status", dpkgStatus(basePackages())],
  ]);
}

const aptLists = "var/lib/apt/lists/deb.debian.org_debian";

function packages(): Layer {
  return new Map<string, Entry>([
    ...filesOf([...addedPackages(), ...compilerPackages()]),
    ["usr/bin/python3", { kind: "symlink", target: "python3.11" }],
    ["usr/bin/gcc", { kind: "symlink", target: "x86_64-linux-gnu-gcc-12" }],
    [
      "var/lib/dpkg/status",
      dpkgStatus([...basePackages(), ...addedPackages(), ...compilerPackages()]),
    ],
    ["var/log/dpkg.log", file(textLike("dpkg.log", 92 * kB))],
    [`${aptLists}_dists_bookworm_InRelease`, file(textLike("InRelease", 151 * kB))],
    [
      `${aptLists}_dists_bookworm_main_binary-amd64_Packages.lz4`,
      file(codeLike("Packages.lz4", 4.1 * MB)),
    ],
    [
      `${aptLists}-security_dists_bookworm-security_main_binary-amd64_Packages.lz4`,
      file(codeLike("security", 860 * kB)),
    ],
  ]);
}

const sitePackages = "usr/local/lib/python3.11/dist-packages";

function pythonModules(): Layer {
  const openblas = `${sitePackages}/numpy.libs/libopenblas64_p-r0.so`;
  const etree = `${sitePackages}/lxml/etree.cpython-311-x86_64-linux-gnu.so`;
  return new Map<string, Entry>([
    ...many(`${sitePackages}/flask/`, ".py", 24, 14 * kB, textLike),
    ...many(`${sitePackages}/gunicorn/`, ".py", 30, 9 * kB, textLike),
    ...many(`${sitePackages}/numpy/core/`, ".py", 60, 15 * kB, textLike),
    ...many(`${sitePackages}/numpy/core/tests/`, ".py", 55, 21 * kB, textLike),
    ...many(`${sitePackages}/numpy/core/__pycache__/`, ".cpython-311.pyc", 60, 13 * kB, codeLike),
    [
      openblas,
      file(elfFile(openblas, { kind: "library", codeBytes: 2.4 * MB, debugBytes: 0 }), 0o755),
    ],
    [
      `${sitePackages}/numpy/core/lib/libnpymath.a`,
      file(staticLibrary("libnpymath.a", 9, 480 * kB)),
    ],
    [
      etree,
      file(elfFile(etree, { kind: "library", codeBytes: 0.9 * MB, debugBytes: 1.6 * MB }), 0o755),
    ],
    ["root/.cache/pip/http/wheel-numpy", file(codeLike("numpy.whl", 1.9 * MB), 0o600)],
    ["root/.cache/pip/http/wheel-lxml", file(codeLike("lxml.whl", 0.7 * MB), 0o600)],
  ]);
}

function applicationFiles(): Layer {
  return new Map<string, Entry>([
    ["app", { kind: "directory" }],
    ...many("app/orders/", ".py", 42, 7 * kB, textLike),
    ...many("app/migrations/", ".sql", 26, 3 * kB, textLike),
    ["app/config/settings.json", file(textLike("settings.development", 6 * kB))],
    ["app/data/postcodes.csv", file(textLike("postcodes.csv", 1.4 * MB))],
  ]);
}

/** Relative to app/static. */
function assetFiles(): Layer {
  return new Map<string, Entry>([
    ["index.html", file(textLike("index.html", 3 * kB))],
    ["main.js", file(textLike("main.js", 240 * kB))],
    ["main.js.map", file(textLike("main.js.map", 910 * kB))],
    ["vendor/charts.js", file(textLike("charts.js", 780 * kB))],
    ["vendor/charts.js.map", file(textLike("charts.js.map", 1.2 * MB))],
    ["fonts/inter.woff2", file(codeLike("inter.woff2", 112 * kB))],
  ]);
}

function worker(): Entry {
  return file(
    elfFile("worker", { kind: "executable", codeBytes: 1.2 * MB, debugBytes: 2.6 * MB }),
    0o755,
  );
}

function isVendor([path]: readonly [string, Entry]): boolean {
  return path.startsWith("vendor/");
}

function vendorMoved(assets: Layer): Layer {
  const moved = [...assets]
    .filter(isVendor)
    .map(([path, entry]) => [path.replace("vendor/", "lib/"), entry] as const);
  return directory(
    "app/static",
    new Map<string, Entry>([
      ["lib", { kind: "directory" }],
      ...moved,
      ["vendor", { kind: "removed" }],
    ]),
  );
}

/** The application's files as they stand after the move. */
function vendorSettled(application: Layer): Layer {
  return new Map(
    [...application].map(([path, entry]) => [
      path.replace("app/static/vendor/", "app/static/lib/"),
      entry,
    ]),
  );
}

function productionSettings(): Layer {
  return directory(
    "app/config",
    new Map([["settings.json", file(textLike("settings.production", 7 * kB))]]),
  );
}

/** Every file again with another owner: the layer is as heavy as the files, the content is the same. */
function ownedByUser(application: Layer): Layer {
  const settled = new Map(application)
    .set("app/config/settings.json", file(textLike("settings.production", 7 * kB)))
    .set("app/requirements.txt", file(text(requirements)));
  return new Map(
    [...settled].map(([path, entry]) => [
      path,
      entry.kind === "file" || entry.kind === "directory" ? { ...entry, uid: 1000 } : entry,
    ]),
  );
}

function cleanUp(): Layer {
  const gone = [...filesOf(compilerPackages()).keys()].filter(
    (path) => !path.startsWith("usr/share/doc/"),
  );
  const lists = [...packages().keys()].filter((path) => path.startsWith("var/lib/apt/lists/"));
  const removed = [
    ...gone.filter((path) => !path.startsWith("usr/include/") && !path.startsWith("usr/lib/gcc/")),
    ...lists,
    "usr/bin/gcc",
    "usr/include",
    "usr/lib/gcc",
    "root/.cache",
  ];
  return new Map<string, Entry>([
    ...removed.map((path) => [path, { kind: "removed" }] as const),
    ["var/lib/dpkg/status", dpkgStatus([...basePackages(), ...addedPackages()])],
    ["var/log/dpkg.log", file(textLike("dpkg.log after purge", 98 * kB))],
  ]);
}

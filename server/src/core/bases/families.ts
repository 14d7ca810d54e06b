import {
  alpine,
  language,
  plainFamily,
  service,
  slimSuite,
  suiteSlim,
  system,
  type ImageFamily,
  type TagForm,
} from "./imageFamily.ts";

/** Official images of Docker Hub, from what docker-library/docs says of their variants. */
const officialFamilies: readonly ImageFamily[] = [
  { ...system("almalinux", "AlmaLinux", [["version", "minimal"]]), needsVersion: true },
  system("alpine", "Alpine", []),
  // The older ones have yum.
  { ...system("amazonlinux", "Amazon Linux", []), strangeTags: /^(?:1|2|201\d)(?:\.|-|$)/ },
  system("busybox", "BusyBox", []),
  {
    ...system("debian", "Debian", [["version", "suite", "flavor", "slim"]]),
    needsVersion: true,
    boundFlavors: ["backports"],
    distroless: "base",
  },
  system("fedora", "Fedora", []),
  {
    ...system("oraclelinux", "Oracle Linux", [["version", "slim"]]),
    needsVersion: true,
    strangeTags: /^[5-7](?:\.|-|$)/,
  },
  { ...system("rockylinux", "Rocky Linux", [["version", "minimal"]]), needsVersion: true },
  system("ubuntu", "Ubuntu", []),
  {
    ...plainFamily,
    familiar: "buildpack-deps",
    title: "Build tools",
    system: "debian",
    hasBuildTools: true,
    toollessFlavors: ["curl", "scm"],
    variants: [
      ["version", "suite", "scm"],
      ["version", "suite", "curl"],
    ],
  },
  language("node", "Node.js", {
    users: ["node"],
    variants: [suiteSlim, alpine],
    distroless: "nodejs",
  }),
  language("python", "Python", { variants: [slimSuite, alpine], distroless: "python3" }),
  language("ruby", "Ruby", { variants: [slimSuite, alpine] }),
  language("rust", "Rust", { variants: [slimSuite, alpine] }),
  language("perl", "Perl", { variants: [slimSuite] }),
  language("golang", "Go", { variants: [alpine] }),
  language("php", "PHP", {
    variants: [alpine],
    boundFlavors: ["apache"],
    users: ["www-data"],
    // $PHPIZE_DEPS on a slim system.
    buildTools: "compilers and curl",
  }),
  language("gcc", "GCC", { variants: [] }),
  language("eclipse-temurin", "Java", {
    system: "ubuntu",
    hasBuildTools: false,
    needsVersion: true,
    variants: [["version", "jre"], alpine, ["version", "jre", "alpine"]],
    distroless: "java",
  }),
  service(
    "nginx",
    "nginx",
    ["nginx"],
    [
      ["version", "alpine", "flavor"],
      ["version", "alpine", "slim"],
    ],
  ),
  service("httpd", "Apache httpd", ["www-data"], [alpine]),
  service("redis", "Redis", ["redis"], [alpine]),
  service("postgres", "PostgreSQL", ["postgres"], [alpine]),
  { ...service("mariadb", "MariaDB", ["mysql"], []), system: "ubuntu" },
  {
    ...service("mysql", "MySQL", ["mysql"], []),
    system: "oraclelinux",
    // On Oracle Linux 7, with yum, or on older releases of Debian.
    strangeTags: /^5(?:\.|-|$)/,
  },
  { ...service("mongo", "MongoDB", ["mongodb"], []), system: "ubuntu" },
  { ...service("rabbitmq", "RabbitMQ", ["rabbitmq"], [alpine]), system: "ubuntu" },
  service("haproxy", "HAProxy", ["haproxy"], [alpine]),
  service("memcached", "Memcached", ["memcache"], [alpine]),
  { ...service("cassandra", "Cassandra", ["cassandra"], []), system: "ubuntu" },
  // Version 1 is from scratch.
  { ...service("traefik", "Traefik", [], []), system: "alpine", strangeTags: /^v?1(?:\.|-|$)/ },
  { ...service("caddy", "Caddy", [], []), system: "alpine" },
  { ...service("docker", "Docker", ["dockremap"], []), system: "alpine" },
  { ...service("composer", "Composer", [], []), system: "alpine" },
  ...(["maven", "gradle"] as const).map((image) =>
    language(image, image === "maven" ? "Maven" : "Gradle", {
      system: "ubuntu",
      hasBuildTools: false,
      needsVersion: true,
      // Before the JDK's maker was in the tag, Maven stood on openjdk.
      strangeTags: image === "maven" ? /(?:^|-)jdk-/ : undefined,
      users: image === "gradle" ? ["gradle"] : [],
      // Maven's Alpine images need the JDK in the tag, which the short tags leave out.
      variants: image === "gradle" ? [alpine] : [],
    }),
  ),
  language("tomcat", "Tomcat", { system: "ubuntu", hasBuildTools: false, variants: [] }),
  language("wordpress", "WordPress", {
    users: ["www-data"],
    variants: [],
    buildTools: "compilers and curl",
    // Another program, on Alpine.
    strangeTags: /^cli(?:-|$)/,
  }),
  language("elixir", "Elixir", { variants: [suiteSlim, alpine] }),
  language("erlang", "Erlang", { variants: [["version", "slim"], alpine] }),
  language("haskell", "Haskell", { variants: [slimSuite] }),
  language("amazoncorretto", "Java", {
    system: "amazonlinux",
    hasBuildTools: false,
    needsVersion: true,
    variants: [["version", "alpine"]],
  }),
];

/** Images of other makers, from what they say of their variants. */
const otherFamilies: readonly ImageFamily[] = [
  ...["aspnet", "runtime", "runtime-deps"].map((image) => dotnet(image, true)),
  dotnet("sdk", false),
  language("oven/bun", "Bun", {
    hasBuildTools: false,
    users: ["bun"],
    variants: [["version", "slim"], alpine, ["version", "distroless"]],
  }),
  {
    ...service("google/cloud-sdk", "Google Cloud CLI", ["cloudsdk"], [["version", "slim"], alpine]),
    isSmall: false,
  },
  // The compilers are in `devel`, the libraries for running in `runtime`.
  ...["nvidia/cuda", "pytorch/pytorch"].map((image) =>
    language(image, image === "nvidia/cuda" ? "CUDA" : "PyTorch", {
      system: "ubuntu",
      needsVersion: true,
      buildTools: "compilers",
      toollessFlavors: ["runtime", "base"],
      variants: [["version", "devel>runtime", "suite"]],
    }),
  ),
];

/** .NET has chiseled images, which are distroless ones on Ubuntu, for what runs and not for what builds. dotnet-docker documentation/image-variants.md. */
function dotnet(image: string, isForRunning: boolean): ImageFamily {
  const familiar = `mcr.microsoft.com/dotnet/${image}`;
  const chiseled: TagForm = ["version", "noble", "chiseled"];
  return {
    ...service(familiar, ".NET", ["app"], isForRunning ? [alpine, chiseled] : [alpine]),
    isSmall: isForRunning,
    needsVersion: true,
    sinceVersion: 8,
  };
}

/** What is known of repositories. */
export const imageFamilies: readonly ImageFamily[] = [...officialFamilies, ...otherFamilies];

import { dnfCacheKept } from "../../../server/src/core/rules/dnfCacheKept.ts";
import { testCacheRule } from "./managers/cacheCases.ts";

testCacheRule(dnfCacheKept, {
  message: "Metadata and packages of dnf stay in this layer.",
  reported: [
    ["RUN dnf install -y curl", "dnf install"],
    ["RUN yum -y update", "yum -y update"],
    ["RUN microdnf install curl", "microdnf install"],
    ["RUN dnf clean all && dnf install -y curl", "dnf install"],
  ],
  silent: [
    "RUN dnf install -y curl && dnf clean all",
    "RUN yum install -y a && yum clean all && rm -rf /var/cache/yum",
    "RUN dnf -y install curl && rm -rf /var/cache/dnf",
    "RUN --mount=type=cache,target=/var/cache/dnf dnf install -y curl",
    "RUN dnf --version",
  ],
  measured: [
    [
      "var/cache/dnf/fedora/repodata/primary.xml.gz 20MB, var/cache/dnf/fedora.solv 40MB",
      "60 MB of metadata and packages of dnf stay in this layer.",
    ],
    ["var/cache/yum/a 5MB", "5 MB of metadata and packages of dnf stay in this layer."],
  ],
  fixes: [
    [
      "RUN dnf install -y curl",
      "RUN dnf install -y curl && dnf clean all",
      "Delete the cache of dnf in the same RUN",
    ],
    [
      "RUN microdnf install -y tar",
      "RUN microdnf install -y tar && microdnf clean all",
      "Delete the cache of dnf in the same RUN",
    ],
    [
      "RUN yum -y update && yum -y install vim",
      "RUN yum -y update && yum -y install vim && yum clean all",
      "Delete the cache of dnf in the same RUN",
    ],
    [
      "USER app\nRUN sudo -E dnf install -y curl",
      "USER app\nRUN sudo -E dnf install -y curl && sudo -E dnf clean all",
      "Delete the cache of dnf in the same RUN",
    ],
  ],
});

import { mavenRepositoryKept } from "../../../server/src/core/rules/mavenRepositoryKept.ts";
import { testCacheRule } from "./managers/cacheCases.ts";

testCacheRule(mavenRepositoryKept, {
  message: "Plugins and libraries that Maven downloaded stay in this layer.",
  reported: [
    ["RUN mvn -q package", "mvn -q package"],
    ["RUN ./mvnw package", "./mvnw package"],
  ],
  silent: [
    "RUN mvn -v",
    "RUN mvn -o package",
    "RUN mvn package && rm -rf ~/.m2",
    "RUN --mount=type=cache,target=/root/.m2 mvn package",
  ],
  measured: [
    [
      "root/.m2/repository/a 50MB, root/.m2/settings.xml 1kB",
      "50 MB of plugins and libraries that Maven downloaded stay in this layer.",
    ],
  ],
  fixes: [
    [
      "RUN mvn package",
      "RUN mvn package && rm -rf ~/.m2/repository",
      "Delete Maven's local repository in the same RUN",
    ],
  ],
});

import { gradleHomeKept } from "../../../server/src/core/rules/gradleHomeKept.ts";
import { testCacheRule } from "./managers/cacheCases.ts";

testCacheRule(gradleHomeKept, {
  message: "Files of Gradle's user home stay in this layer.",
  reported: [
    ["RUN gradle build --no-daemon", "gradle build"],
    ["RUN ./gradlew --no-daemon bootJar", "./gradlew --no-daemon bootJar"],
  ],
  silent: [
    "RUN gradle --version",
    "RUN gradle build --offline",
    "RUN gradle build && rm -rf ~/.gradle",
    "RUN --mount=type=cache,target=/root/.gradle gradle build",
    "RUN --mount=type=cache,target=/home/gradle/.gradle gradle build",
  ],
  measured: [
    [
      "root/.gradle/caches/a 50MB, root/.gradle/gradle.properties 1kB",
      "50 MB of files of Gradle's user home stay in this layer.",
    ],
  ],
  fixes: [
    [
      "RUN gradle build",
      "RUN gradle build && rm -rf ~/.gradle/caches ~/.gradle/wrapper/dists ~/.gradle/daemon ~/.gradle/native",
      "Delete Gradle's caches in the same RUN",
    ],
  ],
});

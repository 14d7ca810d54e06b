import assert from "node:assert/strict";
import { test } from "node:test";
import { checkSmaller, offerOf, refusalOf } from "./nextBestCase.ts";

test("the jar alone goes to an image that only runs it", () => {
  const before = `from maven:3.9-eclipse-temurin-17 as builder
workdir /src
copy . .
run mvn -q package
expose 8080
entrypoint ["java", "-Xmx256m", "-jar", "target/app.jar"]
`;
  const build = `from maven:3.9-eclipse-temurin-17 as builder
workdir /src
copy . .
run mvn -q package

`;
  const offer = checkSmaller(
    before,
    "distroless",
    `${build}from gcr.io/distroless/java17-debian13
copy --from=builder /src/target/app.jar /src/target/app.jar
workdir /src
expose 8080
entrypoint ["/usr/bin/java", "-Xmx256m", "-jar", "target/app.jar"]
`,
  );
  assert.equal(offer.title, "FROM gcr.io/distroless/java17-debian13 with the jar alone");
  assert.match(offer.caveats.join(" "), /^Only \/src\/target\/app\.jar is copied/);
  checkSmaller(
    before,
    "slim",
    `${build}from eclipse-temurin:17-jre
copy --from=builder /src/target/app.jar /src/target/app.jar
workdir /src
expose 8080
entrypoint ["java", "-Xmx256m", "-jar", "target/app.jar"]
`,
  );
});

test("what distroless starts by itself is left out of CMD", () => {
  checkSmaller(
    'FROM eclipse-temurin:21-jdk\r\nWORKDIR /app\r\nCOPY . .\r\nRUN ./mvnw package\r\nCMD ["java", "-jar", "target/app.jar"]',
    "distroless",
    'FROM eclipse-temurin:21-jdk AS build\r\nWORKDIR /app\r\nCOPY . .\r\nRUN ./mvnw package\r\n\r\nFROM gcr.io/distroless/java21-debian13\r\nCOPY --from=build /app/target/app.jar /app/target/app.jar\r\nWORKDIR /app\r\nCMD ["target/app.jar"]',
  );
});

test("a class path takes all of the working directory, and an ENTRYPOINT of its own", () => {
  checkSmaller(
    'FROM eclipse-temurin:21\nWORKDIR /app\nCOPY . .\nRUN javac *.java\nCMD ["java", "-cp", ".", "Main"]\n',
    "distroless",
    'FROM eclipse-temurin:21 AS build\nWORKDIR /app\nCOPY . .\nRUN javac *.java\n\nFROM gcr.io/distroless/java21-debian13\nCOPY --from=build /app/ /app/\nWORKDIR /app\nENTRYPOINT []\nCMD ["/usr/bin/java", "-cp", ".", "Main"]\n',
  );
});

test("musl and versions without an image are said", () => {
  const before =
    'FROM eclipse-temurin:11\nWORKDIR /app\nCOPY . .\nRUN ./mvnw package\nCMD ["java", "-jar", "a.jar"]\n';
  assert.match(
    refusalOf(before, "distroless"),
    /^There are distroless images of Java 17, 21 and 25 only/,
  );
  const { base, caveats } = offerOf(before, "alpine");
  assert.equal(base?.name, "eclipse-temurin:11-jre-alpine");
  assert.match(caveats.join(" "), /native libraries inside of jars/);
});

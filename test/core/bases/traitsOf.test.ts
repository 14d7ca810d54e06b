import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseBaseName } from "../../../server/src/core/bases/baseName.ts";
import { variantNames } from "../../../server/src/core/bases/baseVariants.ts";
import { traitsOf } from "../../../server/src/core/bases/traitsOf.ts";

function told(text: string): string {
  const name = parseBaseName(text);
  const traits = name && traitsOf(name);
  if (name === undefined || traits === undefined) return "unknown";
  const { title, kind, libc, shell, packageManager } = traits;
  return [title, kind, libc, shell, packageManager].join(" | ");
}

const rows: readonly (readonly [name: string, told: string])[] = [
  ["redhat/ubi9", "Red Hat UBI | full | glibc | bash | dnf"],
  ["registry.access.redhat.com/ubi9/ubi:9.4", "Red Hat UBI | full | glibc | bash | dnf"],
  [
    "registry.access.redhat.com/ubi9-minimal",
    "Red Hat UBI, minimal | slim | glibc | bash | microdnf",
  ],
  ["registry.redhat.io/ubi8/ubi-micro", "Red Hat UBI, micro | slim | glibc | bash | none"],
  ["registry.access.redhat.com/ubi9/nodejs-20", "unknown"],
  ["mysql:8.4", "MySQL on Oracle Linux | slim | glibc | bash | microdnf"],
  ["mysql:8.0-bookworm", "MySQL on Debian | slim | glibc | dash | apt"],
  ["mysql:8.4-oraclelinux9", "unknown"],
  ["mariadb:lts-ubi", "MariaDB on Red Hat UBI | slim | glibc | bash | microdnf"],
  ["postgres:17-alpine3.23", "PostgreSQL on Alpine | alpine | musl | busybox | apk"],
  ["redis:8", "Redis on Debian | slim | glibc | dash | apt"],
  ["maven:3.9-eclipse-temurin-21", "Maven on Ubuntu | full | glibc | dash | apt"],
  ["maven:3.9-amazoncorretto-21", "unknown"],
  ["gradle:8-jdk21-alpine", "Gradle on Alpine | alpine | musl | busybox | apk"],
  ["tomcat:10-jdk21-temurin-noble", "Tomcat on Ubuntu | full | glibc | dash | apt"],
  ["hello-world", "hello-world, one static program | static | none | none | none"],
  ["hello-world:nanoserver-ltsc2025", "unknown"],
  ["mysql:8.0-debian", "MySQL on Debian | slim | glibc | dash | apt"],
  ["mysql:5.7", "unknown"],
  ["amazonlinux:2", "unknown"],
  ["amazonlinux:2023", "Amazon Linux | full | glibc | bash | dnf"],
  ["oraclelinux:7-slim", "unknown"],
  ["maven:3-jdk-11", "unknown"],
  ["traefik:1.7", "unknown"],
  ["traefik:v3.1", "Traefik on Alpine | alpine | musl | busybox | apk"],
  ["wordpress:cli", "unknown"],
  ["python:windowsservercore-ltsc2022", "unknown"],
  ["golang:nanoserver", "unknown"],
];

for (const [name, expected] of rows) {
  test(`${name} is ${expected}`, () => assert.equal(told(name), expected));
}

test("only the tools that are in an image are named", () => {
  const tools = (text: string) => traitsOf(parseBaseName(text)!)?.buildTools;
  assert.equal(tools("python:3.12"), "compilers, git and curl");
  assert.equal(tools("php:8.3"), "compilers and curl");
  assert.equal(tools("nvidia/cuda:12.4.0-devel-ubuntu22.04"), "compilers");
  assert.equal(tools("nvidia/cuda:12.4.0-base-ubuntu22.04"), undefined);
  assert.equal(tools("python:3.12-slim"), undefined);
});

test("a debug image has a shell, though RUN does not find it", () => {
  const traits = traitsOf(parseBaseName("gcr.io/distroless/cc-debian12:debug")!);
  assert.deepEqual(
    [traits?.shell, traits?.hiddenShell],
    ["none", "BusyBox in /busybox, but no /bin/sh"],
  );
});

test("a smaller edition of UBI has the same tag", () => {
  const names = (text: string) => variantNames(parseBaseName(text)!);
  assert.deepEqual(names("registry.access.redhat.com/ubi9/ubi:9.4"), [
    "registry.access.redhat.com/ubi9/ubi-minimal:9.4",
    "registry.access.redhat.com/ubi9/ubi-micro:9.4",
  ]);
  assert.deepEqual(names("redhat/ubi9-minimal"), ["redhat/ubi9-micro:latest"]);
  assert.deepEqual(names("redhat/ubi9-micro"), []);
});

test("every Linux image whose size is recorded has a kind", () => {
  const path = new URL("../../../server/src/core/bases/recordedSizes.json", import.meta.url);
  const recorded = JSON.parse(readFileSync(path, "utf8")) as readonly {
    readonly image: string;
    readonly tag: string;
  }[];
  const names = recorded.map(({ image, tag }) => `${image}:${tag}`);
  assert.ok(names.length > 50);
  assert.deepEqual(
    names.filter((name) => told(name) === "unknown" && !name.includes("nanoserver")),
    [],
  );
});

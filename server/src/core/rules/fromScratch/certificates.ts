import type { ElfFacts } from "../../image/elf.ts";
import type { LibraryClosure } from "../../image/libraryClosure.ts";
import { linkPath } from "../../image/linkPath.ts";
import type { Root } from "./root.ts";

/** Whether a program is a TLS client as far as can be seen: it names where certificates are, or it is linked with curl. */
export function looksForCertificates(facts: ElfFacts, { libraries }: LibraryClosure): boolean {
  if (facts.mentions?.includes("certificates") === true) return true;
  return libraries.some(({ name }) => /^lib(?:curl|curl-gnutls)\.so/.test(name));
}

/** Whether the image has a CA bundle where programs look for one, or says that it is elsewhere. */
export function hasCertificates({ paths, settings }: Root): boolean {
  if (settings.env.some((entry) => /^SSL_CERT_(?:FILE|DIR)=/.test(entry))) return true;
  return (
    certificateFiles.some((path) => linkPath(paths, path).length > 0) ||
    certificateDirectories.some(
      (path) => paths.namesIn(paths.resolveDirectory(path) ?? path).length > 0,
    )
  );
}

/** Go, crypto/x509/root_linux.go; OpenSSL's and GnuTLS's are among them. */
const certificateFiles = [
  "etc/ssl/certs/ca-certificates.crt",
  "etc/pki/tls/certs/ca-bundle.crt",
  "etc/ssl/ca-bundle.pem",
  "etc/pki/tls/cacert.pem",
  "etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "etc/ssl/cert.pem",
];
const certificateDirectories = ["etc/ssl/certs", "etc/pki/tls/certs", "usr/local/share/certs"];

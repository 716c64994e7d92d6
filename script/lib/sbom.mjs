// sbom.mjs VERSION FOLDER: a CycloneDX list of what a release is made of, on standard output.
//
// Libraries are those in FOLDER, as Debian's packages they were taken from; modules of the pages
// those that ui/package-lock.json has for use (not for development).  The same input gives the same
// bytes: the serial number comes from the contents, the time from SOURCE_DATE_EPOCH.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, realpathSync } from "node:fs";

const [version, folder] = process.argv.slice(2);
const run = (...words) => execFileSync(words[0], words.slice(1), { encoding: "utf8" });
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

// Where the loader finds libraries of these names.
const places = new Map(
  run("ldconfig", "-p").split("\n").map((line) => line.match(/^\s*(\S+) .* => (\S+)$/))
    .filter(Boolean).reverse().map(([, name, path]) => [name, path]));

// The first licence a machine-readable copyright file names; else that it is told there.
function licenceOf(name) {
  const text = readFileSync(`/usr/share/doc/${name}/copyright`, "utf8");
  const found = text.startsWith("Format:") && text.match(/^Files: \*[\s\S]*?^License: (.+)$/m);
  return [{ license: { name: found ? found[1].trim() : `see licences/${name}` } }];
}

// dpkg may know a file by its place before /lib and /usr/lib were one.
function ownerOf(path) {
  for (const known of [path, path.replace(/^\/usr/, "")]) {
    const asked = spawnSync("dpkg-query", ["-S", known], { encoding: "utf8" });
    if (asked.status === 0) return asked.stdout.split(":")[0];
  }
  throw new Error(`${path} belongs to no package`);
}

function library(name) {
  const path = realpathSync(places.get(name));
  const owner = ownerOf(path);
  const [packageVersion, source, architecture] = run("dpkg-query", "-W",
    "-f=${Version}\t${source:Package}\t${Architecture}", owner).split("\t");
  const purl = `pkg:deb/debian/${owner}@${encodeURIComponent(packageVersion)}?arch=${architecture}`;
  return {
    type: "library", "bom-ref": `${purl}#${name}`, name, version: packageVersion,
    supplier: { name: "Debian" },
    hashes: [{ alg: "SHA-256", content: sha256(readFileSync(path)) }],
    licenses: licenceOf(owner), purl,
    properties: [{ name: "debian:source", value: source }],
  };
}

// What is linked in has no file of its own in the release.
function linkedIn(owner) {
  const [packageVersion, source, architecture] = run("dpkg-query", "-W",
    "-f=${Version}\t${source:Package}\t${Architecture}", owner).split("\t");
  const purl = `pkg:deb/debian/${owner}@${encodeURIComponent(packageVersion)}?arch=${architecture}`;
  return {
    type: "library", "bom-ref": purl, name: owner, version: packageVersion,
    supplier: { name: "Debian" }, licenses: licenceOf(owner), purl,
    properties: [{ name: "debian:source", value: source }],
  };
}

function modules() {
  const lock = JSON.parse(readFileSync("ui/package-lock.json", "utf8"));
  return Object.entries(lock.packages)
    .filter(([path, entry]) => path !== "" && !entry.dev)
    .map(([path, entry]) => {
      const name = path.replace(/^.*node_modules\//, "");
      const purl = `pkg:npm/${name.replace(/^@/, "%40")}@${entry.version}`;
      return {
        type: "library", "bom-ref": purl, name, version: entry.version,
        hashes: entry.integrity ? [{
          alg: "SHA-512",
          content: Buffer.from(entry.integrity.replace(/^sha512-/, ""), "base64").toString("hex"),
        }] : [],
        licenses: [{ license: { name: entry.license ?? "see its package" } }], purl,
      };
    });
}

const own = {
  type: "application", "bom-ref": `uprava@${version}`, name: "uprava", version,
  licenses: [{ license: { name: readFileSync("LICENSE", "utf8").trim().split("\n", 1)[0] } }],
};
const components = [...readdirSync(folder).sort().map(library),
  linkedIn("libintelrdfpmath-dev"), ...modules()];
const digest = sha256(JSON.stringify([own, components]));
const serial = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-` +
  `a${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
process.stdout.write(JSON.stringify({
  bomFormat: "CycloneDX", specVersion: "1.5", serialNumber: `urn:uuid:${serial}`, version: 1,
  metadata: {
    timestamp: new Date(process.env.SOURCE_DATE_EPOCH * 1000).toISOString().replace(".000", ""),
    component: own,
  },
  components,
  dependencies: [{ ref: own["bom-ref"], dependsOn: components.map((one) => one["bom-ref"]) }],
}, null, 1) + "\n");

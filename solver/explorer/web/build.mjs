// Builds ../static/explorer.html: one page with all scripts and styles inside. `--out FILE` writes elsewhere, `--check`
// writes nothing and fails where the committed page is not what the sources build.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const given = (name) => process.argv[process.argv.indexOf(name) + 1];
const target = process.argv.includes("--out") ? given("--out") : join(here, "../static/explorer.html");

const bundle = async (entry) => {
  const made = await build({
    absWorkingDir: here,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: ["chrome80", "firefox113", "safari16.4"],
    charset: "utf8",
    legalComments: "none",
    jsx: "automatic",
    jsxImportSource: "preact",
  });
  // nothing inside may end the element it stands in, or look like a place to fill
  return made.outputFiles[0].text.trim().replaceAll("</script", "<\\/script").replaceAll("@@", "@\\u0040");
};

// Their licence asks that the notice goes with every copy, and every page that is mailed is one.
const notices = ["preact", "@preact/signals", "@preact/signals-core"].map((name) => {
  const home = join(here, "node_modules", name);
  const { version } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  return `${name} ${version}\n\n${readFileSync(join(home, "LICENSE"), "utf8").trim()}`;
});
const notice = notices.join("\n\n").replaceAll("--", "- -");

const [script, style] = [await bundle("src/main.tsx"), await bundle("src/app.css")];
const hash = createHash("sha256").update(script, "utf8").digest("base64");
const page = readFileSync(join(here, "index.html"), "utf8").replace(/%(STYLE|SCRIPT|HASH|NOTICE)%/g, (_, name) =>
  ({ STYLE: style, SCRIPT: script, HASH: hash, NOTICE: notice })[name],
);
if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== page) {
    console.error("static/explorer.html is not what the sources build: run `make page` and commit it");
    process.exit(1);
  }
} else {
  writeFileSync(target, page);
  console.log(`${target}: ${(Buffer.byteLength(page) / 1024).toFixed(1)} kB`);
}

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const root = new URL("../../public/", import.meta.url);
const read = (path) => readFileSync(new URL(path, root), "utf8");
const modules = readdirSync(new URL("modules/", root)).map((name) => `modules/${name}`);
const page = read("index.html");

test("the page offers every example policy, by its name", () => {
  const offered = [...page.matchAll(/<option value="\/(policies\/[^"]+)">(\S+)/g)];
  const stored = readdirSync(new URL("policies/", root)).map((name) => `policies/${name}`);
  assert.deepEqual(offered.map(([, path]) => path).sort(), stored.sort());
  for (const [, path, name] of offered) assert.match(read(path), new RegExp(`^  name: ${name}$`, "m"));
});

test("an example that would act on processes only monitors", () => {
  const acting = readdirSync(new URL("policies/", root)).map((name) => read(`policies/${name}`))
    .filter((text) => /^ +-? *action: (?!Post|NoPost)/m.test(text));
  assert.ok(acting.length > 0);
  for (const text of acting) assert.match(text, /^ {4}- name: policy-mode\n {6}value: monitor$/m);
});

test("the page keeps to its content security policy", () => {
  assert.doesNotMatch(page, /\son\w+=|\sstyle=|<style|<script(?![^>]*\ssrc="\/)|(?:src|href)="(?!\/)/);
});

test("no module writes markup", () => {
  for (const path of ["app.js", ...modules]) {
    assert.doesNotMatch(read(path), /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(/, path);
  }
});

test("the ids that app.js relies on are in the page", () => {
  const lookup = /(?:byId|clone|getElementById)\("([\w-]+)"\)/g;
  const used = ["app.js", ...modules].flatMap((path) => [...read(path).matchAll(lookup)]);
  for (const [, id] of used) assert.match(page, new RegExp(` id="${id}"`), id);
});

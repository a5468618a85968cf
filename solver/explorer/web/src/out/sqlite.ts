// Writes a SQLite 3 database in one go: tables and the indexes that their UNIQUE and PRIMARY KEY constraints ask for,
// filled in order. Enough for files that others then open and change; see https://www.sqlite.org/fileformat2.html.

import { encodeRecord, type Value, varint } from "./sqliterecord.ts";

export type { Value } from "./sqliterecord.ts";

export interface Table {
  name: string;
  sql: string;
  /** In order of rowid, which counts from 1 or stands in the column `key`. */
  rows: Iterable<readonly Value[]>;
  /** Position of the INTEGER PRIMARY KEY; -1 without one. */
  key: number;
  /** With AUTOINCREMENT: the table `sqlite_sequence` keeps the last number. */
  counted?: boolean;
  /** Columns of each PRIMARY KEY or UNIQUE constraint other than `key`, in the order of the statement. */
  unique?: readonly (readonly number[])[];
}

interface Header {
  applicationId: number;
  userVersion: number;
}

const PAGE = 4096;
const LEAF = { table: 13, index: 10 } as const;
const INTERIOR = { table: 5, index: 2 } as const;
const HEADER = 100;
const VERSION = 3_040_001;

type Sort = keyof typeof LEAF;

/** One entry of a tree: what stands in a leaf, and what an interior page says to the left of a child. */
interface Cell {
  octets: Uint8Array;
  rowid: number;
}

interface Child {
  page: number;
  /** What parts this child from the next: a rowid (tables) or a whole entry (indexes). */
  divider: Cell | null;
}

/** The whole file. `breath` is awaited now and then, so that the page stays alive. */
export async function database(tables: readonly Table[], header: Header, breath: () => Promise<void>): Promise<Blob> {
  const file = new File();
  const schema: Value[][] = [];
  const sequence: Value[][] = [];
  for (const table of tables) {
    const { root, indexes, last } = await fill(file, table, breath);
    schema.push(["table", table.name, table.name, root, table.sql]);
    indexes.forEach((page, k) => {
      schema.push(["index", `sqlite_autoindex_${table.name}_${k + 1}`, table.name, page, null]);
    });
    if (table.counted) sequence.push([table.name, last]);
  }
  if (sequence.length) {
    const counted = { name: "sqlite_sequence", sql: "CREATE TABLE sqlite_sequence(name,seq)", rows: sequence, key: -1 };
    const { root } = await fill(file, counted, breath);
    schema.push(["table", counted.name, counted.name, root, counted.sql]);
  }
  const cells = schema.map((row, k) => file.cell("table", encodeRecord(row), k + 1));
  file.tree("table", cells, true);
  file.begin(header);
  return new Blob(file.pages as BlobPart[], { type: "application/geopackage+sqlite3" });
}

async function fill(
  file: File,
  table: Table,
  breath: () => Promise<void>,
): Promise<{ root: number; indexes: number[]; last: number }> {
  const grow = new Grow(file, "table");
  const kept: Value[][] = [];
  let last = 0;
  for (const row of table.rows) {
    last = table.key >= 0 ? Number(row[table.key]) : last + 1;
    grow.add(file.cell("table", encodeRecord(row, table.key), last));
    if (table.unique?.length) kept.push([...row, last]);
    if (last % 256 === 0) await breath();
  }
  const root = grow.end();
  const indexes = (table.unique ?? []).map((columns) => {
    const entries = kept.map((row) => [...columns.map((k) => row[k]!), row[row.length - 1]!]).sort(compare);
    return file.tree("index", entries.map((entry) => file.cell("index", encodeRecord(entry), 0)), false);
  });
  return { root, indexes, last };
}

/** The order of SQLite's BINARY collation: NULL, numbers, texts by their octets. */
function compare(a: readonly Value[], b: readonly Value[]): number {
  const rank = (v: Value) => (v === null ? 0 : typeof v === "number" ? 1 : typeof v === "string" ? 2 : 3);
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [a[k]!, b[k]!];
    if (rank(x) !== rank(y)) return rank(x) - rank(y);
    if (typeof x === "number" && x !== y) return x - (y as number);
    if (typeof x === "string" && x !== y) return byOctets(x, y as string);
  }
  return 0;
}

function byOctets(x: string, y: string): number {
  const [a, b] = [new TextEncoder().encode(x), new TextEncoder().encode(y)];
  for (let k = 0; k < Math.min(a.length, b.length); k++) if (a[k] !== b[k]) return a[k]! - b[k]!;
  return a.length - b.length;
}

class File {
  /** Page 1 is that of the schema. */
  readonly pages: Uint8Array[] = [new Uint8Array(PAGE)];

  take(): { page: Uint8Array; number: number } {
    const page = new Uint8Array(PAGE);
    this.pages.push(page);
    return { page, number: this.pages.length };
  }

  /** An entry with what does not fit beside others on pages of its own. */
  cell(sort: Sort, record: Uint8Array, rowid: number): Cell {
    const size = record.length;
    const most = sort === "table" ? PAGE - 35 : Math.floor(((PAGE - 12) * 64) / 255) - 23;
    const least = Math.floor(((PAGE - 12) * 32) / 255) - 23;
    let local = size;
    if (size > most) {
      const wanted = least + ((size - least) % (PAGE - 4));
      local = wanted <= most ? wanted : least;
    }
    const head = sort === "table" ? [...varint(size), ...varint(rowid)] : varint(size);
    const octets = new Uint8Array(head.length + local + (local < size ? 4 : 0));
    octets.set(head);
    octets.set(record.subarray(0, local), head.length);
    if (local < size) new DataView(octets.buffer).setUint32(head.length + local, this.overflow(record.subarray(local)));
    return { octets, rowid };
  }

  private overflow(rest: Uint8Array): number {
    let first = 0;
    let before: DataView | null = null;
    for (let at = 0; at < rest.length; at += PAGE - 4) {
      const { page, number } = this.take();
      page.set(rest.subarray(at, at + PAGE - 4), 4);
      if (before) before.setUint32(0, number);
      else first = number;
      before = new DataView(page.buffer);
    }
    return first;
  }

  /** A tree of entries in order; number of its root page. */
  tree(sort: Sort, cells: readonly Cell[], first: boolean): number {
    const grow = new Grow(this, sort, first);
    for (const cell of cells) grow.add(cell);
    return grow.end();
  }

  put(where: { page: Uint8Array; number: number }, kind: number, cells: readonly Uint8Array[], right: number): void {
    const { page, number } = where;
    const at = number === 1 ? HEADER : 0;
    const view = new DataView(page.buffer);
    const interior = right > 0;
    let low = PAGE;
    page[at] = kind;
    view.setUint16(at + 3, cells.length);
    if (interior) view.setUint32(at + 8, right);
    cells.forEach((cell, k) => {
      low -= cell.length;
      page.set(cell, low);
      view.setUint16(at + (interior ? 12 : 8) + 2 * k, low);
    });
    view.setUint16(at + 5, low);
  }

  begin({ applicationId, userVersion }: Header): void {
    const page = this.pages[0]!;
    const view = new DataView(page.buffer);
    page.set(new TextEncoder().encode("SQLite format 3\0"));
    view.setUint16(16, PAGE);
    page.set([1, 1, 0, 64, 32, 32], 18);
    view.setUint32(24, 1); // changes counted
    view.setUint32(28, this.pages.length);
    view.setUint32(40, 1); // schema cookie
    view.setUint32(44, 4); // schema format
    view.setUint32(56, 1); // UTF-8
    view.setUint32(60, userVersion);
    view.setUint32(68, applicationId);
    view.setUint32(92, 1); // the count of changes for which the version below holds
    view.setUint32(96, VERSION);
  }
}

/** Fills leaves from the left and builds what stands above them. */
class Grow {
  private cells: Cell[] = [];
  private used = 0;
  private readonly children: Child[] = [];
  private readonly file: File;
  private readonly sort: Sort;
  private readonly first: boolean;
  private readonly room: number;

  constructor(file: File, sort: Sort, first = false) {
    this.file = file;
    this.sort = sort;
    this.first = first;
    // any page of the schema may come to stand behind the header of the file
    this.room = PAGE - (first ? HEADER : 0);
  }

  add(cell: Cell): void {
    if (8 + this.used + cell.octets.length + 2 > this.room) this.close(cell);
    else this.keep(cell);
  }

  private keep(cell: Cell): void {
    this.cells.push(cell);
    this.used += cell.octets.length + 2;
  }

  /** Ends a leaf as the next entry no longer fits. */
  private close(next: Cell): void {
    // of an index the last entry goes up and parts this leaf from the next; of a table its rowid does
    const divider = this.cells[this.cells.length - 1]!;
    if (this.sort === "index") this.cells.pop();
    this.children.push({ page: this.leaf(), divider });
    this.keep(next);
  }

  private leaf(root = false): number {
    const where = root && this.first ? { page: this.file.pages[0]!, number: 1 } : this.file.take();
    this.file.put(where, LEAF[this.sort], this.cells.map((c) => c.octets), 0);
    this.cells = [];
    this.used = 0;
    return where.number;
  }

  end(): number {
    if (!this.children.length) return this.leaf(true);
    let level: Child[] = [...this.children, { page: this.leaf(), divider: null }];
    for (;;) {
      const above: Child[] = [];
      let held: Child[] = [];
      let used = 0;
      const close = (root: boolean) => {
        const right = held.pop()!;
        const where = root && this.first ? { page: this.file.pages[0]!, number: 1 } : this.file.take();
        this.file.put(where, INTERIOR[this.sort], held.map((child) => this.above(child)), right.page);
        above.push({ page: where.number, divider: right.divider });
        held = [];
        used = 0;
      };
      level.forEach((child, k) => {
        held.push(child);
        if (k === level.length - 1) return close(!above.length);
        const size = this.above(child).length + 2;
        if (12 + used + size <= this.room) used += size;
        else if (k < level.length - 2) close(false);
        else {
          // a page needs one entry at least: the last two children stay together
          held.pop();
          close(false);
          held.push(child);
          used = size;
        }
      });
      if (above.length === 1) return above[0]!.page;
      level = above;
    }
  }

  private above({ page, divider }: Child): Uint8Array {
    const tail = this.sort === "table" ? Uint8Array.from(varint(divider!.rowid)) : divider!.octets;
    const found = new Uint8Array(4 + tail.length);
    new DataView(found.buffer).setUint32(0, page);
    found.set(tail, 4);
    return found;
  }
}

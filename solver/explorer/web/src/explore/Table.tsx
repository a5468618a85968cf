export function Table() {
  return <section class="card" />;
}

export function Common() {
  return <section class="card" />;
}

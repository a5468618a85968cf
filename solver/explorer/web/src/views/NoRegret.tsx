export function NoRegret() {
  return <section class="card" />;
}

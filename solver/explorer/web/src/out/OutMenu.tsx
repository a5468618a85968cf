export function OutMenu() {
  return <section class="card" />;
}

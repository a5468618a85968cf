export function Scatter() {
  return <section class="card" />;
}

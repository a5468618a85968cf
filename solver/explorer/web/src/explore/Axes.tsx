export function Axes() {
  return <section class="card" />;
}

export function Robustness() {
  return <section class="card" />;
}

export function LivePanel() {
  return <section class="card" />;
}

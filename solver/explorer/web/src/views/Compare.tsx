export function Compare() {
  return <section class="card" />;
}

export function MapCard() {
  return <section class="card" />;
}

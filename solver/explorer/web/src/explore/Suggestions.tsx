export function Suggestions() {
  return <section class="card" />;
}

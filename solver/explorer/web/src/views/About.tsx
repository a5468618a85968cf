export function About() {
  return <section class="card" />;
}

// What trades against what, where, and what the selection has in common.

import { Axes } from "../explore/Axes.tsx";
import { Sharing } from "../explore/Sharing.tsx";
import { Scatter } from "../explore/Scatter.tsx";
import { Suggestions } from "../explore/Suggestions.tsx";
import { Table } from "../explore/Table.tsx";
import { MapCard } from "../map/MapCard.tsx";
import { LivePanel } from "../live/LivePanel.tsx";
import { connected } from "../live/client.ts";

export function Explore() {
  return (
    <>
      <Axes />
      <Suggestions />
      <div class="three">
        <Scatter />
        <MapCard />
        <Table />
      </div>
      <div class="two">
        <Sharing />
        {connected.value && <LivePanel />}
      </div>
    </>
  );
}

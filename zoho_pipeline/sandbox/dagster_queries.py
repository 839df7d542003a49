"""The GraphQL that `dagster_client.py` sends."""

LOCATIONS = """
{
  workspaceOrError {
    ... on Workspace {
      locationEntries { locationOrLoadError { __typename ... on PythonError { message } } }
    }
  }
}"""
SET_POOL = """
mutation SetPool($pool: String!, $slots: Int!) { setConcurrencyLimit(concurrencyKey: $pool, limit: $slots) }"""
LAUNCH = """
mutation Launch($params: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $params) {
    __typename
    ... on LaunchBackfillSuccess { backfillId }
    ... on PythonError { message }
  }
}"""
RUNS = """
query Runs($tags: [ExecutionTag!]) {
  runsOrError(filter: {tags: $tags}) { __typename ... on Runs { results { runId status } } }
}"""
BACKFILL = """
query Backfill($id: String!) {
  partitionBackfillOrError(backfillId: $id) { __typename ... on PartitionBackfill { status } }
}"""
EVENTS = """
query Events($run: ID!, $after: String) {
  logsForRun(runId: $run, afterCursor: $after, limit: 500) {
    __typename
    ... on EventConnection {
      cursor hasMore
      events {
        __typename
        ... on MaterializationEvent { assetKey { path } partition metadataEntries { ...value } }
        ... on ObservationEvent { assetKey { path } partition metadataEntries { ...value } }
        ... on ExecutionStepFailureEvent { error { message } }
      }
    }
  }
}
fragment value on MetadataEntry {
  label
  ... on IntMetadataEntry { intValue }
  ... on FloatMetadataEntry { floatValue }
  ... on TextMetadataEntry { text }
  ... on BoolMetadataEntry { boolValue }
}"""
PARTITIONS = """
query Partitions($key: AssetKeyInput!) {
  assetNodeOrError(assetKey: $key) {
    __typename
    ... on AssetNode {
      partitionKeys
      partitionStats { numMaterialized numFailed numPartitions numMaterializing }
    }
  }
}"""

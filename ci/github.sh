#!/usr/bin/env bash
# What the GitHub Action runs: the change's cost as a summary and as one comment that is kept up to date, the policy as annotations and as SARIF.
# Settings come as MLCOST_BASE, MLCOST_PROJECT, MLCOST_COMMENT (true: needs GH_TOKEN and a pull request), MLCOST_SARIF (a file to write).
# Exit status: 1 where a rule that blocks is broken.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
if [ ! -f "$here/dist/cli.js" ]; then (cd "$here" && npm ci --ignore-scripts --no-audit --no-fund && npm run build) >&2; fi
mlcost() { node "$here/dist/cli.js" "$@"; }

base=${MLCOST_BASE:-}
if [ -z "$base" ] && [ -n "${GITHUB_BASE_REF:-}" ]; then base="origin/$GITHUB_BASE_REF"; fi
project=${MLCOST_PROJECT:-.}
status=0

if [ -n "$base" ]; then
  body=$(mktemp)
  trap 'rm -f "$body"' EXIT
  mlcost diff "$base...HEAD" --project "$project" --format markdown >"$body" || status=$?
  if [ "$status" -gt 1 ]; then exit "$status"; fi
  if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then cat "$body" >>"$GITHUB_STEP_SUMMARY"; else cat "$body"; fi
  if [ "${MLCOST_COMMENT:-false}" = true ]; then
    number=$(sed -n 's|^refs/pull/\([0-9]*\)/.*|\1|p' <<<"${GITHUB_REF:-}")
    if [ -z "$number" ]; then
      echo '::notice::no pull request: no comment was written'
    else
      # One comment: the former one is found by its mark.
      former=$(gh api --paginate "repos/$GITHUB_REPOSITORY/issues/$number/comments" --jq '.[] | select(.body | startswith("<!-- ml-cost-lens -->")) | .id' | head -n 1)
      if [ -n "$former" ]; then
        gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$former" -F "body=@$body" >/dev/null
      else
        gh api --method POST "repos/$GITHUB_REPOSITORY/issues/$number/comments" -F "body=@$body" >/dev/null
      fi
    fi
  fi
fi

# A project without a policy has nothing to break.
settings="$project/.mlcost.yaml"
if [ -f "$settings" ] && grep -q '^policy:' "$settings"; then
  check=(check "$project" --quiet)
  if [ -n "$base" ]; then check+=(--base "$base...HEAD"); fi
  if [ -n "${MLCOST_SARIF:-}" ]; then mlcost "${check[@]}" --format sarif >"$MLCOST_SARIF" || [ $? -eq 1 ]; fi
  mlcost "${check[@]}" --format github || status=$?
fi
exit "$status"

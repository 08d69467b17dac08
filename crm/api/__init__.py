"""The REST API, `/api/v1`: docs/api.md is for those who use it.

`registry` says what a resource is: its fields as SQL, who sees its rows, filters and orders. `reading` makes
of it one statement whose rows leave PostgreSQL as JSON; `writing` judges shape by serializers and hands over
to the actions that the pages use; `openapi` tells of both. A module of `resources/` is one room's resources.
"""

"""The pages of service requests: queue, ticket, intake, incidents, bulk runs, imports, history."""

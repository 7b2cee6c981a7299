/** A `customer.created` of Polar about as long as a fax event, for Polar's own receivers look at every field. */
export function polarEvent(id: string): object {
  return {
    type: "customer.created",
    timestamp: "2026-05-13T22:00:00Z",
    data: {
      id,
      created_at: "2026-05-13T22:00:00Z",
      modified_at: null,
      metadata: {
        order: "1042",
        clinic: "Example Clinic, outpatient department, second floor",
        note: "Created by the admission desk when the first referral arrived by fax from the general practitioner.",
        source: "referral",
        priority: 3,
        newsletter: false,
        idempotency_key: "550e8400-e29b-41d4-a716-446655440000",
      },
      external_id: "customer-1042-of-the-clinic",
      email: "reception@clinic.example",
      email_verified: true,
      type: "individual",
      name: "Example Clinic",
      billing_address: {
        line1: "1 Example Street",
        line2: null,
        postal_code: "10001",
        city: "New York",
        state: "NY",
        country: "US",
      },
      tax_id: null,
      organization_id: "1dbfc517-0bbf-4301-9ba8-555ca42b9737",
      deleted_at: null,
      avatar_url: "https://www.gravatar.example/avatar/5c26f9d1c1b2a1e5d3b5e6f7a8b9c0d1?d=404",
    },
  };
}

// A request of every type. Each generator's client declares the type of this, so that tsc finds a type that is missing.
export const submissions = {
  appliance_conversion: { request_type: "appliance_conversion", description: "To piped gas", details: { present_fuel: "lpg_cylinder", appliances: ["stove"], appliance_count: 2 } },
  billing_dispute: { request_type: "billing_dispute", description: "The bill is wrong", details: { reason: "too_high", disputed_amount: 120.5 } },
  disconnection: { request_type: "disconnection", description: "I am moving out", details: { reason: "moving_out", later_phone: "+91 78901 23456" } },
  gas_leak_inspection: { request_type: "gas_leak_inspection", description: "It smells of gas", details: { location: "inside", signs: ["hissing"], everyone_out: true } },
  meter_reading_dispute: { request_type: "meter_reading_dispute", description: "It runs too fast", details: { dispute_about: "too_fast", meter_number: "GM-48213", reading: 1234.5 } },
  meter_replacement: { request_type: "meter_replacement", description: "The meter is broken", details: { device: "meter", faults: ["stopped", "rust"], has_gas: true } },
  name_transfer: { request_type: "name_transfer", description: "I bought the flat", details: { requester: "new_holder", reason: "sale", new_holder_email: "anshu.singh@gmail.com" } },
  new_connection: { request_type: "new_connection", description: "For a new flat", details: { premises_type: "home", tenure: "owner", monthly_use: 30 } },
  no_supply: { request_type: "no_supply", description: "There is no gas", details: { neighbours_affected: "yes", valve: "open", is_prepaid: false } },
  pressure_problem: { request_type: "pressure_problem", description: "The flames are small", details: { problem: "low", when: "always" } },
  reconnection: { request_type: "reconnection", description: "I am back", details: { reason_off: "own_wish", adult_present: true } },
  safety_inspection: { request_type: "safety_inspection", description: "Once a year", details: { reason: "routine", visit_slot: ["weekday_morning"] } },
  third_party_damage: { request_type: "third_party_damage", description: "A digger hit a pipe", details: { what_was_hit: "main", gas_escaping: "smell", people_hurt: false } },
} as const;

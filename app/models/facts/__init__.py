"""Every fact about models, once: the application, `infra` and the command line read it here.

    ids           what a model id says: the model, the geography of its profile
    model_facts   what there is to say of a model that writes
    catalogue     the models that write: context, output, parameters, states, profiles
    regions       which Regions take the inference profiles of which geography
    embedding     the models that embed: dimensions
    reranking     the models that rerank: the Regions that offer them
    token_prices  what a million tokens cost

Plain data, without a call of AWS. What Bedrock itself says of its models is newer.
"""
